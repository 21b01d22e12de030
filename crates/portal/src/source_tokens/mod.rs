//! The tokens with which sources send calls: a list, one to make (shown once), one to revoke.

pub(crate) mod api;
pub(crate) mod pages;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
mod view;
