//! Times as logs write them: RFC 3339, Unix numbers, and the `10/Oct/2000:13:55:36 -0700` of Apache and nginx.
//!
//! All arithmetic is on integers; fractions finer than a millisecond are cut off, towards the past.

mod civil;
mod local;
mod recent;
mod rfc3339;
mod unix;

pub(crate) use local::{LOCAL_LENGTH, parse_local};
pub(crate) use recent::RecentDates;
pub(crate) use rfc3339::parse_rfc3339;
pub(crate) use unix::{UnixUnit, parse_unix};
