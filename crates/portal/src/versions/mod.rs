//! The versions of an app: saved under a number, never changed, promoted to production once.

pub(crate) mod api;
pub(crate) mod pages;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
pub(crate) mod view;
