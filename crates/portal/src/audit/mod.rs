//! The audit log: the whole of it for the platform's staff, an organisation's part for its admins.

pub(crate) mod api;
mod asked;
mod difference;
pub(crate) mod export;
pub(crate) mod pages;
#[cfg(test)]
mod tests;
pub(crate) mod view;
