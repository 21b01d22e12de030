//! The next catalog: what the one before knew, and what the documents say now.
//!
//! Nothing is forgotten. A route or an operation that no document has any more stays with the day from which it is
//! gone, and keeps its name should it come back.

use std::collections::{HashMap, HashSet};

use model::{Catalog, CatalogChange, ChangeKind, Day, DeprecatedSince, Operation, Route};

use crate::changes;
use crate::document::{Document, DocumentedOperation};
use crate::problem::{Problem, Problems};
use crate::template::{Pattern, Template};

#[cfg(test)]
mod tests;

/// Makes the next catalog and the log of what changed.
///
/// `documents` take the place of everything imported before, except what `previous` has of the documents named in
/// `kept`, which stays as it is and goes first. Of an operation in two documents the first one counts; [`overlaps`]
/// tells which were passed over. `today` dates what turned deprecated without a date of its own, and removals.
#[must_use]
pub fn apply(previous: &Catalog, documents: &[Document], kept: &[String], today: Day) -> (Catalog, Vec<CatalogChange>) {
    let merged = merge(previous, documents, kept);
    let mut changes = Vec::new();
    let routes = merged.drafts.into_iter().map(|draft| finish(draft, today, &mut changes)).collect();
    changes.sort_by_key(|change| change.kind);
    (Catalog { routes }, changes)
}

/// Warnings about operations that several documents describe and routes that can't be told apart by their text,
/// for the same arguments as [`apply`].
#[must_use]
pub fn overlaps(previous: &Catalog, documents: &[Document], kept: &[String]) -> Vec<Problem> {
    merge(previous, documents, kept).problems
}

/// What is said now about one operation.
enum Said<'a> {
    /// By a document read now.
    Now(&'a str, &'a DocumentedOperation),
    /// By a document that is kept, in an import before.
    Before(&'a Operation),
}

impl Said<'_> {
    fn method(&self) -> &str {
        match self {
            Self::Now(_, operation) => &operation.method,
            Self::Before(operation) => &operation.method,
        }
    }

    fn document(&self) -> &str {
        match self {
            Self::Now(document, _) => document,
            Self::Before(operation) => &operation.document,
        }
    }
}

/// A route of the next catalog in the making.
struct Draft<'a> {
    template: String,
    text: String,
    before: Option<&'a Route>,
    said: Vec<Said<'a>>,
    documented: bool,
    /// Whether its template is one of a document that is read or kept, so that no other may take its text.
    claimed: bool,
}

#[derive(Default)]
struct Merged<'a> {
    drafts: Vec<Draft<'a>>,
    by_segments: HashMap<Vec<Pattern>, usize>,
    by_text: HashMap<String, usize>,
    problems: Vec<Problem>,
}

fn merge<'a>(previous: &'a Catalog, documents: &'a [Document], kept: &[String]) -> Merged<'a> {
    let mut merged = Merged::default();
    let kept: HashSet<&str> = kept.iter().map(String::as_str).collect();
    let templates = documents.iter().flat_map(|document| &document.routes).map(|route| &route.template);
    let claimed: HashSet<_> = templates.map(|template| Template::parse(template).segments).collect();
    for route in &previous.routes {
        merged.remember(route, &kept, &claimed);
    }
    for document in documents {
        let mut problems = Problems::new(&document.name);
        for route in &document.routes {
            let index = merged.find_or_add(&route.template, &mut problems);
            let draft = &mut merged.drafts[index];
            draft.documented = true;
            for operation in &route.operations {
                draft.say(Said::Now(&document.name, operation), &mut problems);
            }
        }
        merged.problems.extend(problems.finish());
    }
    merged
}

impl<'a> Merged<'a> {
    /// Takes over a route of the catalog before, with what the kept documents say about it.
    fn remember(&mut self, route: &'a Route, kept: &HashSet<&str>, claimed: &HashSet<Vec<Pattern>>) {
        let stays =
            |operation: &&Operation| operation.documented_until.is_none() && kept.contains(operation.document.as_str());
        let said: Vec<_> = route.operations.iter().filter(stays).map(Said::Before).collect();
        // A route without operations doesn't tell its document: it stays while any document does.
        let bare = route.documented_until.is_none() && !kept.is_empty() && !route.operations.iter().any(documented);
        let index = self.drafts.len();
        let segments = Template::parse(&route.template).segments;
        let claimed = !said.is_empty() || claimed.contains(&segments);
        self.by_segments.entry(segments).or_insert(index);
        self.by_text.entry(route.text.clone()).or_insert(index);
        self.drafts.push(Draft {
            template: route.template.clone(),
            text: route.text.clone(),
            before: Some(route),
            documented: bare || !said.is_empty(),
            claimed,
            said,
        });
    }

    /// The draft of the route that `template` stands for. Its text is unique in a catalog: of two different routes
    /// with the same text the operations come together, and calls are matched by the first that is documented now.
    fn find_or_add(&mut self, template: &str, problems: &mut Problems) -> usize {
        let read = Template::parse(template);
        if let Some(index) = self.by_segments.get(&read.segments) {
            return *index;
        }
        if let Some(index) = self.by_text.get(&read.text).copied() {
            let draft = &mut self.drafts[index];
            if draft.claimed {
                let (first, text) = (&draft.template, &read.text);
                problems.warning("", format!(
                    "`{template}` and `{first}` both read as `{text}`; calls are matched by the latter only; rename a parameter"
                ));
            } else {
                draft.template = template.to_owned();
                draft.claimed = true;
            }
            self.by_segments.insert(read.segments, index);
            return index;
        }
        let index = self.drafts.len();
        self.by_segments.insert(read.segments, index);
        self.by_text.insert(read.text.clone(), index);
        self.drafts.push(Draft {
            template: template.to_owned(),
            text: read.text,
            before: None,
            said: Vec::new(),
            documented: false,
            claimed: true,
        });
        index
    }
}

impl<'a> Draft<'a> {
    fn say(&mut self, said: Said<'a>, problems: &mut Problems) {
        if let Some(first) = self.said.iter().find(|other| other.method() == said.method()) {
            problems.warning(
                "",
                format!(
                    "`{} {}` is described in `{}`, too, which counts; take it out of one of them",
                    said.method(),
                    self.text,
                    first.document()
                ),
            );
        } else {
            self.said.push(said);
        }
    }
}

fn documented(operation: &Operation) -> bool {
    operation.documented_until.is_none()
}

/// Makes a route of its draft: operations known before in their order, new ones after them.
fn finish(draft: Draft<'_>, today: Day, changes: &mut Vec<CatalogChange>) -> Route {
    let mut log = |method: &str, (kind, detail): (ChangeKind, String)| {
        changes.push(CatalogChange { kind, route: draft.text.clone(), method: method.to_owned(), detail });
    };
    let before = draft.before.map_or(&[][..], |route| &route.operations);
    let mut operations = Vec::with_capacity(before.len().max(draft.said.len()));
    for known in before {
        let Some(said) = draft.said.iter().find(|said| said.method() == known.method) else {
            if documented(known) {
                log(&known.method, changes::removal(known));
            }
            let until = known.documented_until.or(Some(today));
            operations.push(Operation { documented_until: until, ..known.clone() });
            continue;
        };
        let next = next_operation(Some(known), said, today);
        if known.documented_until.is_some() {
            log(&next.method, changes::addition(&next, known.documented_until));
        } else {
            changes::differences(known, &next).into_iter().for_each(|change| log(&next.method, change));
        }
        operations.push(next);
    }
    for said in &draft.said {
        if before.iter().all(|known| known.method != said.method()) {
            let next = next_operation(None, said, today);
            log(&next.method, changes::addition(&next, None));
            operations.push(next);
        }
    }
    let gone = draft.before.and_then(|route| route.documented_until).unwrap_or(today);
    Route {
        template: draft.template,
        text: draft.text,
        operations,
        documented_until: (!draft.documented).then_some(gone),
    }
}

fn next_operation(known: Option<&Operation>, said: &Said<'_>, today: Day) -> Operation {
    match said {
        Said::Before(operation) => (*operation).clone(),
        Said::Now(document, operation) => Operation {
            method: operation.method.clone(),
            document: (*document).to_owned(),
            summary: operation.summary.clone(),
            deprecated: deprecated_since(known, operation, today),
            sunset: operation.sunset,
            replaced_by: operation.replaced_by.clone(),
            internal: operation.internal,
            company_scoped: operation.company_scoped,
            documented_until: None,
        },
    }
}

/// Since when an operation is deprecated: from the date that the document gives; without one since it was found so
/// first, which is `Always` where it had never been seen before.
fn deprecated_since(known: Option<&Operation>, said: &DocumentedOperation, today: Day) -> Option<DeprecatedSince> {
    if let Some(day) = said.deprecated_at {
        return Some(DeprecatedSince::Day(day));
    }
    said.deprecated.then(|| match known.map(|known| known.deprecated) {
        None | Some(Some(DeprecatedSince::Always)) => DeprecatedSince::Always,
        // A date to come that was taken back leaves an operation that is deprecated now.
        Some(Some(DeprecatedSince::Day(day))) => DeprecatedSince::Day(day.min(today)),
        Some(None) => DeprecatedSince::Day(today),
    })
}
