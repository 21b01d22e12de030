//! Log formats in, calls out: decoders for what gateways write, the routes of undocumented paths, and the
//! tallies into which each thread adds what it reads.
//!
//! Nothing here reads a file, a clock or a store: bytes, the present instant and the catalog's matcher are
//! arguments. Every line of a block is either counted or rejected with one of [`RejectReason`]'s reasons.

mod decode;
mod fields;
mod format;
mod json;
mod lines;
mod otlp;
mod privacy;
mod reject;
mod route;
pub mod syslog;
mod tally;
mod time;
mod window;

pub use decode::{Decoder, FieldMap, FieldPath, Scratch};
pub use format::{Format, FormatError, FormatOptions, ReadyMap, Sniffed, sniff};
pub use lines::MAX_LINE_BYTES;
pub use otlp::{OtlpEncoding, OtlpError, OtlpPlaces, OtlpReader};
pub use privacy::{Addresses, NEVER_STORED, Privacy};
pub use reject::{FUTURE_TOLERANCE_MILLIS, Reject, RejectCounts, RejectReason, TimeBounds};
pub use route::{OTHER_ROUTE, UNDOCUMENTED_ROUTES_PER_DAY, undocumented_route};
pub use tally::{
    Allowed, BlockContext, BlockOutcome, COMPANIES_PER_DAY, CalledRoute, Calls, First, Firsts, MatchRoute, Named,
    RejectedLine, Tallied, TextHash, TextHasher, WorkerTally,
};
