//! Organisations: who is in them, what they own, and the API tokens of their programs.

pub(crate) mod api;
pub(crate) mod frame;
pub(crate) mod leave;
pub(crate) mod list;
pub(crate) mod pages;
pub(crate) mod platform;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod settings;
#[cfg(test)]
mod tests;
pub(crate) mod tokens;
pub(crate) mod view;
