//! The people of the platform, as its staff sees and keeps them.

mod keep;
mod seen;

pub use self::keep::AccountChange;
pub use self::seen::{PeoplePage, PersonInFull, PersonSeen};
