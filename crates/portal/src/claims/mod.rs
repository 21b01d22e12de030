//! Claims of discovered apps: making one, and deciding it.

pub(crate) mod api;
pub(crate) mod deciding;
pub(crate) mod making;
#[cfg(test)]
mod tests;
