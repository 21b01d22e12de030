//! The names under which logs have the company header.

use super::field_map::{FieldMap, FieldPath};
use crate::format::FormatError;

/// A name as a JSON pointer, whatever characters it has.
pub(super) fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A header's name in lower case with `_` for `-`, as variables have it.
pub(super) fn as_variable(header: &str) -> String {
    header.to_ascii_lowercase().replace('-', "_")
}

/// Adds the places of a flat log: `company_header`, the header's own name, that as a variable, and this after `prefix`;
/// all in any case.
pub(super) fn add_flat(map: &mut FieldMap, header: &str, prefix: &str) -> Result<(), FormatError> {
    let variable = as_variable(header);
    for name in ["company_header", header, &variable, &format!("{prefix}{variable}")] {
        map.add("company_header", &pointer(name))?;
    }
    Ok(())
}

/// Adds the header among those that a log keeps below these keys, in any case.
pub(super) fn add_below(map: &mut FieldMap, keys: &[&str], header: &str) {
    let path: Vec<&str> = keys.iter().copied().chain([header]).collect();
    map.company_header.push(FieldPath::keys(&path).in_any_case());
}
