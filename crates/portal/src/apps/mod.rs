//! My Apps: one's own apps with their status, and making a new one.

pub(crate) mod api;
pub(crate) mod filter;
pub(crate) mod new;
pub(crate) mod pages;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
pub(crate) mod view;
