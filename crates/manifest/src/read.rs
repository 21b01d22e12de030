//! Documents to typed manifests. Every key is known or a problem, so nothing is lost on the way back.

use std::collections::HashSet;

use serde_json::Value;

use crate::convert::{Converted, convert};
use crate::document::Manifest;
use crate::json;
use crate::problem::{Notice, Problem, ProblemKind, upwards};
use crate::validate::{Purpose, Rules, validate};
use reader::Reader;

mod reader;

/// The largest document, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;

/// The deepest nesting of objects and lists.
pub const MAX_DEPTH: usize = 16;

/// More problems than these aren't listed.
const MAX_PROBLEMS: usize = 500;

/// The format a document was written in, by its `schema_version`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Our own, published as [`crate::SCHEMA`].
    Own,
    /// The reference-like format `4.1`.
    V4,
    /// The reference-like legacy formats `3.x`.
    V3,
}

/// A document as it was read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The manifest; none as soon as there is one problem, so that nothing half-read is ever stored.
    pub manifest: Option<Manifest>,
    /// All that is wrong, with pointers into the document that was read, in the document's order of kinds.
    pub problems: Vec<Problem>,
    /// What was left out or changed on the way from another format.
    pub notices: Vec<Notice>,
    /// The format of the document, where it is a known one.
    pub format: Option<Format>,
}

/// Reads `text` without asking whether the manifest makes sense: for a document that was checked before.
#[must_use]
pub fn read(text: &[u8]) -> Reading {
    read_with(text, |_| Vec::new())
}

/// [`read`] for a value that was parsed already. A key that stands twice can't be seen any more.
#[must_use]
pub fn read_value(value: &Value) -> Reading {
    read_converted(value, Vec::new(), |_| Vec::new())
}

/// Reads `text` and holds it against all rules: every problem of form and of meaning at once.
#[must_use]
pub fn check(text: &[u8], purpose: Purpose, rules: &Rules) -> Reading {
    read_with(text, |manifest| validate(manifest, purpose, rules))
}

/// [`check`] for a value that was parsed already, within the body of a request, say. The size of that body bounds it.
#[must_use]
pub fn check_value(value: &Value, purpose: Purpose, rules: &Rules) -> Reading {
    read_converted(value, Vec::new(), |manifest| validate(manifest, purpose, rules))
}

/// [`check`] as a pair: the manifest, if nothing is wrong, and what is wrong.
#[must_use]
pub fn parse(text: &[u8], purpose: Purpose, rules: &Rules) -> (Option<Manifest>, Vec<Problem>) {
    let reading = check(text, purpose, rules);
    (reading.manifest, reading.problems)
}

fn read_with(text: &[u8], validate: impl FnOnce(&Manifest) -> Vec<Problem>) -> Reading {
    match json::parse(text) {
        (Some(value), problems) => read_converted(&value, problems, validate),
        (None, problems) => Reading { manifest: None, problems, notices: Vec::new(), format: None },
    }
}

fn read_converted(
    value: &Value,
    mut problems: Vec<Problem>,
    validate: impl FnOnce(&Manifest) -> Vec<Problem>,
) -> Reading {
    if !json::depth_is_fine(value) {
        return Reading { manifest: None, problems: vec![json::too_deep()], notices: Vec::new(), format: None };
    }
    let converted = convert(value);
    problems.extend(converted.problems.iter().cloned());
    let mut manifest = None;
    if let Some(document) = &converted.document {
        let (found, read) = Reader::read(document);
        // What couldn't be read was left empty; that it is empty is no news.
        let unread: HashSet<String> =
            read.iter().map(|problem| problem.pointer.clone()).filter(|place| !place.is_empty()).collect();
        problems.extend(read.into_iter().map(|problem| back(problem, &converted)));
        let meant = validate(&found).into_iter();
        let news = meant.filter(|problem| !upwards(&problem.pointer).any(|place| unread.contains(place)));
        problems.extend(news.map(|problem| back(problem, &converted)));
        manifest = Some(found);
    }
    let manifest = manifest.filter(|_| problems.is_empty());
    Reading { manifest, problems: bounded(problems), notices: converted.notices, format: converted.format }
}

fn back(problem: Problem, converted: &Converted) -> Problem {
    Problem { pointer: converted.original(&problem.pointer), ..problem }
}

fn bounded(mut problems: Vec<Problem>) -> Vec<Problem> {
    if let Some(more) = problems.len().checked_sub(MAX_PROBLEMS).filter(|more| *more > 0) {
        problems.truncate(MAX_PROBLEMS);
        let message = format!("and {more} more problems; mend these first");
        problems.push(Problem::new(ProblemKind::TooLong, "", message));
    }
    problems
}

/// `a`, `b` and so on, for a sentence.
pub(crate) fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
