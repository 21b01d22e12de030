//! What an app is called and says of itself, taking it over, and its end.

pub(crate) mod api;
pub(crate) mod ending;
pub(crate) mod pages;
#[cfg(test)]
mod tests;
pub(crate) mod view;
