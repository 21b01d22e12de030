//! What differs between an operation before and after an import, in words.

use model::{ChangeKind, Day, DeprecatedSince, Operation};

/// The differences between two descriptions of the same operation, both documented.
pub(crate) fn differences(before: &Operation, after: &Operation) -> Vec<(ChangeKind, String)> {
    let mut found = Vec::new();
    let changed: Vec<String> = [
        internal(before.internal, after.internal),
        company_scope(before.company_scoped, after.company_scoped),
        replacement(before.replaced_by.as_deref(), after.replaced_by.as_deref()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !changed.is_empty() {
        found.push((ChangeKind::Changed, changed.join("; ")));
    }
    found.extend(deprecation(before.deprecated, after.deprecated));
    found.extend(sunset(before.sunset, after.sunset).map(|detail| (ChangeKind::SunsetMoved, detail)));
    found
}

/// An operation that was not documented before this import; `until` says until when it had been, if ever.
pub(crate) fn addition(after: &Operation, until: Option<Day>) -> (ChangeKind, String) {
    let mut detail = match until {
        Some(until) => format!("documented again in `{}`, had been until {until}", after.document),
        None => format!("new in `{}`", after.document),
    };
    if let Some(since) = after.deprecated {
        detail.push_str(&format!("; {}", deprecated_since(since)));
    }
    if let Some(sunset) = after.sunset {
        detail.push_str(&format!("; sunset {sunset}"));
    }
    if after.internal {
        detail.push_str("; internal");
    }
    (ChangeKind::Added, detail)
}

/// An operation that this import no longer has.
pub(crate) fn removal(before: &Operation) -> (ChangeKind, String) {
    (ChangeKind::Removed, format!("no longer in `{}`", before.document))
}

fn internal(before: bool, after: bool) -> Option<String> {
    (before != after).then(|| if after { "now internal" } else { "no longer internal" }.to_owned())
}

fn company_scope(before: bool, after: bool) -> Option<String> {
    let words = if after { "now needs the company header" } else { "no longer needs the company header" };
    (before != after).then(|| words.to_owned())
}

fn replacement(before: Option<&str>, after: Option<&str>) -> Option<String> {
    match (before, after) {
        (before, after) if before == after => None,
        (None, Some(after)) => Some(format!("replaced by `{after}`")),
        (Some(before), Some(after)) => Some(format!("replaced by `{after}` instead of `{before}`")),
        (Some(before), None) => Some(format!("no longer replaced by `{before}`")),
        (None, None) => None,
    }
}

fn deprecation(before: Option<DeprecatedSince>, after: Option<DeprecatedSince>) -> Option<(ChangeKind, String)> {
    match (before, after) {
        (before, after) if before == after => None,
        (None, Some(after)) => Some((ChangeKind::Deprecated, deprecated_since(after))),
        (Some(DeprecatedSince::Day(before)), Some(after)) => {
            Some((ChangeKind::Deprecated, format!("{} instead of {before}", deprecated_since(after))))
        }
        (Some(DeprecatedSince::Always), Some(after)) => Some((ChangeKind::Deprecated, deprecated_since(after))),
        (Some(_), None) => Some((ChangeKind::Undeprecated, "no longer deprecated".to_owned())),
        (None, None) => None,
    }
}

fn deprecated_since(since: DeprecatedSince) -> String {
    match since {
        DeprecatedSince::Always => "deprecated from the start".to_owned(),
        DeprecatedSince::Day(day) => format!("deprecated since {day}"),
    }
}

fn sunset(before: Option<Day>, after: Option<Day>) -> Option<String> {
    match (before, after) {
        (before, after) if before == after => None,
        (None, Some(after)) => Some(format!("sunset set to {after}")),
        (Some(before), Some(after)) => Some(format!("sunset moved from {before} to {after}")),
        (Some(before), None) => Some(format!("sunset on {before} taken back")),
        (None, None) => None,
    }
}
