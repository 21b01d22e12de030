//! From the compact tables to operations: what the demonstration platform's API offers, and offered before.

use super::tables::DOCUMENTS;

/// How many days ago the earlier edition of the documents was published.
pub(super) const BEFORE_DAYS: i32 = 60;

/// Which state of the API is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edition {
    /// Today's.
    Current,
    /// That of [`BEFORE_DAYS`] days ago.
    Before,
}

/// In which editions a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lasting {
    Always,
    /// Added since the earlier edition.
    New,
    /// Only in the earlier edition.
    Gone,
}

/// When a row's operations are deprecated and gone, in days from today.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deprecation {
    pub(super) since: i32,
    pub(super) sunset: Option<i32>,
    /// The sunset as the earlier edition had it, where it was another.
    pub(super) sunset_before: Option<i32>,
    pub(super) replaced_by: Option<&'static str>,
}

/// A resource with some of the five usual operations, or one operation that is none of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Below the document's base path; `C/`, `P/` and `CP/` begin what belongs to a company, a project, or both.
    pub(super) at: &'static str,
    /// What one of them is called; for a single operation its summary.
    pub(super) noun: &'static str,
    /// Letters of `lcsud` (list, create, show, update, delete), or one HTTP method.
    pub(super) verbs: &'static str,
    pub(super) internal: bool,
    /// Needs no company header.
    pub(super) open: bool,
    pub(super) deprecation: Option<Deprecation>,
    pub(super) lasting: Lasting,
}

/// A resource: a collection at `at` and its items at `at/{id}`.
pub(super) const fn row(at: &'static str, noun: &'static str, verbs: &'static str) -> Row {
    Row { at, noun, verbs, internal: false, open: false, deprecation: None, lasting: Lasting::Always }
}

/// One operation of its own.
pub(super) const fn action(method: &'static str, at: &'static str, summary: &'static str) -> Row {
    row(at, summary, method)
}

impl Row {
    pub(super) const fn internal(mut self) -> Self {
        self.internal = true;
        self
    }

    pub(super) const fn open(mut self) -> Self {
        self.open = true;
        self
    }

    pub(super) const fn lasting(mut self, lasting: Lasting) -> Self {
        self.lasting = lasting;
        self
    }

    /// Deprecated since (or from) a day, gone on another, both counted from today.
    pub(super) const fn deprecated(mut self, since: i32, sunset: Option<i32>, by: Option<&'static str>) -> Self {
        self.deprecation = Some(Deprecation { since, sunset, sunset_before: sunset, replaced_by: by });
        self
    }

    /// What the earlier edition said of the sunset.
    pub(super) const fn sunset_was(mut self, sunset: i32) -> Self {
        if let Some(mut deprecation) = self.deprecation {
            deprecation.sunset_before = Some(sunset);
            self.deprecation = Some(deprecation);
        }
        self
    }

    /// The deprecation as an edition tells it.
    pub(super) fn deprecation_in(&self, edition: Edition) -> Option<Deprecation> {
        let deprecation = self.deprecation?;
        match edition {
            Edition::Current => Some(deprecation),
            Edition::Before if deprecation.since > -BEFORE_DAYS => None,
            Edition::Before => Some(Deprecation { sunset: deprecation.sunset_before, ..deprecation }),
        }
    }

    fn stands_in(&self, edition: Edition) -> bool {
        match self.lasting {
            Lasting::Always => true,
            Lasting::New => edition == Edition::Current,
            Lasting::Gone => edition == Edition::Before,
        }
    }
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavour {
    Swagger20,
    OpenApi30,
    OpenApi31,
}

/// One document of the platform.
#[derive(Clone, Copy, Debug)]
pub(super) struct DocumentTable {
    pub(super) file_name: &'static str,
    pub(super) title: &'static str,
    pub(super) flavour: Flavour,
    pub(super) base: &'static str,
    pub(super) rows: &'static [Row],
}

/// One operation of the API.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// Its path template below the document's base path.
    pub(super) path: String,
    pub(super) summary: String,
    pub(super) document: usize,
    pub(super) row: Row,
}

impl Operation {
    /// The whole path template.
    pub(super) fn template(&self) -> String {
        format!("{}{}", DOCUMENTS[self.document].base, self.path)
    }

    /// Whether it lists a collection.
    pub(super) fn lists(&self) -> bool {
        self.method == "GET" && self.row.verbs.contains('l') && !self.path.ends_with('}')
    }
}

/// All operations of an edition, document by document, in the order of the tables.
pub(super) fn operations(edition: Edition) -> Vec<Operation> {
    let mut all = Vec::new();
    for (document, table) in DOCUMENTS.iter().enumerate() {
        for row in table.rows.iter().filter(|row| row.stands_in(edition)) {
            let at = expand(row.at);
            if row.verbs.starts_with(|c: char| c.is_ascii_uppercase()) {
                all.push(Operation { method: row.verbs, path: at, summary: row.noun.to_owned(), document, row: *row });
                continue;
            }
            for verb in row.verbs.chars() {
                let (method, on_item, summary) = usual(verb, row.noun);
                let path = if on_item { format!("{at}/{{id}}") } else { at.clone() };
                all.push(Operation { method, path, summary, document, row: *row });
            }
        }
    }
    all
}

/// Method, whether it works on an item, and summary of one of the five usual operations.
fn usual(verb: char, noun: &str) -> (&'static str, bool, String) {
    let one = format!("{} {noun}", article(noun));
    match verb {
        'l' => ("GET", false, format!("List {}", plural(noun))),
        'c' => ("POST", false, format!("Create {one}")),
        's' => ("GET", true, format!("Show {one}")),
        'u' => ("PATCH", true, format!("Update {one}")),
        _ => ("DELETE", true, format!("Delete {one}")),
    }
}

fn expand(at: &str) -> String {
    const PREFIXES: [(&str, &str); 3] = [
        ("CP/", "/companies/{company_id}/projects/{project_id}/"),
        ("C/", "/companies/{company_id}/"),
        ("P/", "/projects/{project_id}/"),
    ];
    let expanded = PREFIXES.iter().find_map(|(short, long)| Some(format!("{long}{}", at.strip_prefix(short)?)));
    expanded.unwrap_or_else(|| format!("/{at}"))
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o']) || noun.starts_with("RFI") || noun.starts_with("up") { "an" } else { "a" }
}

fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o']) => format!("{stem}ies"),
        _ if noun.ends_with('x') => format!("{noun}es"),
        _ => format!("{noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_platform_is_large_enough_to_be_believed() {
        let current = operations(Edition::Current);
        assert!((280..=360).contains(&current.len()), "{} operations", current.len());
        let count = |what: &dyn Fn(&Operation) -> bool| current.iter().filter(|operation| what(operation)).count();
        assert!(count(&|operation| operation.row.deprecation.is_some()) >= 12);
        assert!(count(&|operation| operation.row.internal) >= 5);
        assert!(count(&|operation| operation.row.open) >= 4);
        assert_ne!(current.len(), operations(Edition::Before).len());
    }

    #[test]
    fn no_operation_is_described_twice() {
        for edition in [Edition::Current, Edition::Before] {
            let mut seen = HashSet::new();
            for operation in operations(edition) {
                let blank = operation.template().split('/').map(blank_parameter).collect::<Vec<_>>().join("/");
                assert!(seen.insert((operation.method, blank)), "{} {}", operation.method, operation.template());
            }
        }
    }

    fn blank_parameter(segment: &str) -> &str {
        if segment.starts_with('{') && segment.ends_with('}') { "{}" } else { segment }
    }

    #[test]
    fn nouns_are_inflected() {
        assert_eq!(plural("company"), "companies");
        assert_eq!(plural("RFI"), "RFIs");
        assert_eq!(usual('s', "office").2, "Show an office");
        assert_eq!(usual('l', "site diary").2, "List site diaries");
    }
}
