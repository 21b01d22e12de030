//! Who works on an app: the list, invitations, roles, leaving, and handing the app on.

pub(crate) mod api;
pub(crate) mod asking;
pub(crate) mod inviting;
pub(crate) mod pages;
#[cfg(test)]
mod tests;
pub(crate) mod view;
