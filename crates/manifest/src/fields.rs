//! The names of the fields of a manifest's form, as [`crate::ManifestForm`] documents them.

/// The most fields that are looked at.
pub(crate) const MAX_FIELDS: usize = 4_096;
/// The highest number of a row.
pub(crate) const MAX_ROW: u32 = 999;

pub(crate) const DATA_CONNECTION: &str = "data_connection";
pub(crate) const SERVICE_ACCOUNT: &str = "service_account";
pub(crate) const COMPANY_TOOL: &str = "company_tool.";
pub(crate) const PROJECT_TOOL: &str = "project_tool.";
pub(crate) const VIEWS: &str = "sidepanel.views";
pub(crate) const NOTES: &str = "post_installation.notes";
pub(crate) const PAGE_URL: &str = "post_installation.page_url";
pub(crate) const PAGE_LABEL: &str = "post_installation.page_label";

/// The texts of a row of parameters.
pub(crate) const ROW_TEXTS: [&str; 5] = ["key", "name", "description", "support_url", "support_label"];

/// The field `part` of the row `row` of a page.
pub(crate) fn row_field(page: &str, row: u32, part: &str) -> String {
    format!("{page}.param.{row}.{part}")
}

/// The number of the row and the part that `field` names, if it belongs to the parameters of `page`.
pub(crate) fn parse_row<'a>(field: &'a str, page: &str) -> Option<(u32, &'a str)> {
    let rest = field.strip_prefix(page)?.strip_prefix(".param.")?;
    let (row, part) = rest.split_once('.')?;
    let row = row.parse().ok().filter(|row| *row <= MAX_ROW)?;
    Some((row, part))
}
