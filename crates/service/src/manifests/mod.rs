//! What apps are made of: a draft that people work on, versions that never change, and promotion to production.

mod draft;
mod promotion;
mod version;

use ::manifest::{Problem, Reading};

pub use self::draft::{DraftView, SavedDraft};
pub use self::version::{NewVersion, NextVersion};
use crate::{Flaw, Refusal};

/// What is wrong with a manifest, each flaw with the JSON pointer of its place.
fn refused(problems: Vec<Problem>) -> Refusal {
    Refusal::Invalid(flaws_of(problems))
}

/// The same problems as flaws.
fn flaws_of(problems: Vec<Problem>) -> Vec<Flaw> {
    problems.into_iter().map(|problem| Flaw::new(problem.pointer, problem.message)).collect()
}

/// The manifest of a stored document, which was valid when it was stored.
fn stored(text: &str) -> ::manifest::Manifest {
    let Reading { manifest, .. } = ::manifest::read(text.as_bytes());
    manifest.unwrap_or_default()
}

/// The components of a stored document.
pub(crate) fn components_of(text: &str) -> Vec<model::Component> {
    stored(text).components()
}
