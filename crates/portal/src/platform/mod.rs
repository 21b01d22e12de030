//! The platform's own pages, for its staff: all apps, who calls what is retired or private, and where counts come from.

pub(crate) mod api;
pub(crate) mod apps;
pub(crate) mod board;
mod change;
pub(crate) mod route;
#[cfg(test)]
pub(crate) mod samples;
mod source_row;
pub(crate) mod sources;
pub(crate) mod sources_api;
mod tabs;
#[cfg(test)]
mod tests;

pub(crate) use tabs::{PlatformTab, TabLink, platform_tabs};
