//! The people of the platform, for its staff.

pub(crate) mod api;
pub(crate) mod keep;
pub(crate) mod list;
pub(crate) mod person;
#[cfg(test)]
mod tests;
