//! Integration Health of one app: the page in its three areas, the routes behind a row, the same as JSON,
//! and the API Call Activity Report.

pub(crate) mod api;
pub(crate) mod pages;
pub(crate) mod row;
pub(crate) mod view;
