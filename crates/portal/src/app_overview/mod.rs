//! The first page of an app: how it is, what it is, and what to do next.

pub(crate) mod pages;
pub(crate) mod view;
