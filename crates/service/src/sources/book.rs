//! What the configuration declares of sources, and what was read and made of their hours: both are kept in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use health::{Declared, HourlyCalls};
use model::{SourceName, SourceWay};
use tokio::sync::MutexGuard;

use super::completeness::Completeness;

/// A source as the configuration declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredSource {
    /// How its calls come in; none of one that only says what is expected.
    pub ways: Vec<SourceWay>,
    /// From where, for people: paths, or an address.
    pub from: String,
    /// What is expected of it.
    pub declared: Declared,
}

/// What is declared of sources, and what was made of them. Clones share it.
#[derive(Clone, Default)]
pub struct SourceBook {
    declared: Arc<BTreeMap<SourceName, DeclaredSource>>,
    /// What was made last.
    made: Arc<Mutex<Option<Made>>>,
    /// Held by who makes it anew.
    read: Arc<tokio::sync::Mutex<Read>>,
}

/// What was made of hours.
pub(super) struct Made {
    /// The revision of the store that it is of.
    pub(super) revision: i64,
    /// The minute that it is as of.
    pub(super) minute: i64,
    /// Whether that took long.
    pub(super) is_much: bool,
    pub(super) completeness: Arc<Completeness>,
}

/// The hours that were read, as of a revision of the store.
#[derive(Default)]
pub(super) struct Read {
    pub(super) revision: i64,
    pub(super) hours: BTreeMap<SourceName, HourlyCalls>,
}

impl SourceBook {
    /// A book of these declarations.
    #[must_use]
    pub fn new(declared: BTreeMap<SourceName, DeclaredSource>) -> Self {
        Self { declared: Arc::new(declared), ..Self::default() }
    }

    /// What is declared, by name.
    #[must_use]
    pub fn declared(&self) -> &BTreeMap<SourceName, DeclaredSource> {
        &self.declared
    }

    /// What was made last, if it fits.
    pub(super) fn made(&self, fits: impl Fn(&Made) -> bool) -> Option<Arc<Completeness>> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.as_ref().filter(|made| fits(made)).map(|made| Arc::clone(&made.completeness))
    }

    pub(super) fn keep(&self, made: Made) {
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
    }

    /// What was read, for one at a time.
    pub(super) async fn turn(&self) -> MutexGuard<'_, Read> {
        self.read.lock().await
    }
}

impl fmt::Debug for SourceBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceBook").field("declared", &self.declared).finish_non_exhaustive()
    }
}
