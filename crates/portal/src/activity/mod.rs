//! API Activity of an app: its calls by day, code, method and route, narrowed by whoever looks, as a page with a chart,
//! as JSON and as CSV.

pub(crate) mod api;
pub(crate) mod asked;
mod chart;
pub(crate) mod chips;
pub(crate) mod company;
mod form;
mod notes;
pub(crate) mod pages;
mod rows;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
pub(crate) mod view;
