//! The configuration as it may be shown.

use toml::{Table, Value};

/// What stands where a secret is.
pub(super) const MASK: &str = "(set, not shown)";

/// The same without what nobody should read over a shoulder or in a log.
pub(super) fn masked(mut table: Table) -> Table {
    mask(&mut table);
    table
}

/// Hides secrets of identity providers, and the mail server's URL if it carries a password.
fn mask(table: &mut Table) {
    for (key, value) in table {
        match value {
            Value::Table(inner) => mask(inner),
            Value::String(text)
                if (key == "client_secret" && !text.is_empty()) || (key == "smtp" && text.contains('@')) =>
            {
                MASK.clone_into(text);
            }
            _ => {}
        }
    }
}
