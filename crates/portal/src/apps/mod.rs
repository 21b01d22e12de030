//! My Apps: every app with its status.

pub(crate) mod pages;
pub(crate) mod view;
