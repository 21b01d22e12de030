//! What one is told of an app by mail: everybody who sees the app chooses for themselves.

pub(crate) mod api;
pub(crate) mod pages;
#[cfg(test)]
mod tests;
