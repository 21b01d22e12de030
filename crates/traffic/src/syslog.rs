//! Syslog as gateways write it: what stands around a message (RFC 3164, RFC 5424) and how messages follow one another
//! on a TCP connection (RFC 6587). What a message says is for the source's format to read.

mod header;
mod stream;

pub use header::message;
pub use stream::{Frame, Stream};
