//! Sources of traffic: what came of each, what did not, and which days are incomplete for it.

mod book;
mod completeness;
mod json;
mod losses;
mod seen;

pub use self::book::{DeclaredSource, SourceBook};
pub use self::completeness::{Completeness, JudgedSource};
pub use self::json::{source_json, sources_json};
pub use self::seen::{SOURCE_HOURS, SourceView, Sources};
