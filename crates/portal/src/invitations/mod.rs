//! Invitations as those see them who are invited: by the link in the mail, or in the list of one's own.

pub(crate) mod api;
pub(crate) mod pages;
#[cfg(test)]
mod tests;
pub(crate) mod view;
