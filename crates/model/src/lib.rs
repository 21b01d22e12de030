//! The words of Steadfast, a closed list: [`Day`] and the [`Clock`], [`AppId`] and [`App`], [`Call`],
//! [`Route`] and [`Operation`], [`TallyKey`] and [`Counts`], [`Observation`], [`Severity`] and [`Status`].
//!
//! Everything that two other crates must agree on stands here, and nothing else: no I/O, no async, no
//! SQL, no HTTP, no thresholds. The meaning of each word is fixed by `docs/rules.md`.

mod app;
mod call;
mod catalog;
mod day;
mod health;
mod path;
mod tally;
mod time;

pub use app::{App, AppId, AppIdError, AppType, Component, Distribution};
pub use call::{Call, Environment, Principal};
pub use catalog::{Catalog, CatalogChange, ChangeKind, DeprecatedSince, Operation, Route};
pub use day::{Day, DayError, DayRange};
pub use health::{DayVerdict, Observation, Severity, Status};
pub use path::{Segment, Segments, cut_path};
pub use tally::{Counts, RouteKey, Tally, TallyKey};
pub use time::{Clock, PlatformZone, UnixMillis, ZoneError};
