//! The public API surface: routes, their operations and what changes between imports.

use crate::Day;

/// Everything that imports have told, documents removed since included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// Routes in the order in which they were first imported; of templates that match alike, the first wins.
    pub routes: Vec<Route>,
}

/// One path template, whatever its parameters are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The template as first imported, server base path included: `/rest/v1.0/projects/{project_id}/rfis`.
    pub template: String,
    /// The normalized route: `/rest/v1.0/projects/:project_id/rfis`. Unique within a catalog.
    pub text: String,
    /// What is documented on it, or was.
    pub operations: Vec<Operation>,
    /// The day of the import that no longer had it; `None` while it is documented.
    pub documented_until: Option<Day>,
}

/// One method of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The HTTP method in upper case.
    pub method: String,
    /// The document that describes it, by its file name.
    pub document: String,
    /// The document's one-line description of it.
    pub summary: Option<String>,
    /// Since when it is deprecated, if it is.
    pub deprecated: Option<DeprecatedSince>,
    /// The day from which it may be gone (`x-sunset`).
    pub sunset: Option<Day>,
    /// What to call instead (`x-replaced-by`).
    pub replaced_by: Option<String>,
    /// Not for outside use (`x-internal`).
    pub internal: bool,
    /// Whether calls need the company header (`x-company-scoped`, true unless said otherwise).
    pub company_scoped: bool,
    /// The day of the import that no longer had it; `None` while it is documented.
    pub documented_until: Option<Day>,
}

/// From which day on an operation is deprecated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeprecatedSince {
    /// It was so when it first appeared.
    Always,
    /// From this day on: `x-deprecated-at`, or the day of the import that turned it deprecated.
    Day(Day),
}

impl DeprecatedSince {
    /// Whether it holds on `day`.
    #[must_use]
    pub fn holds_on(self, day: Day) -> bool {
        match self {
            Self::Always => true,
            Self::Day(since) => since <= day,
        }
    }
}

impl Route {
    /// The operation that answers `method`: itself, or `GET` for a `HEAD` that is not documented.
    /// Operations that are no longer documented are found too; see [`Operation::documented_until`].
    #[must_use]
    pub fn operation(&self, method: &str) -> Option<&Operation> {
        let documented = |method: &str| self.operations.iter().find(|operation| operation.method == method);
        documented(method).or_else(|| if method == "HEAD" { documented("GET") } else { None })
    }
}

/// One difference between an import and the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogChange {
    /// What kind of difference.
    pub kind: ChangeKind,
    /// The normalized route.
    pub route: String,
    /// The method.
    pub method: String,
    /// What changed, in words: `sunset moved from 2026-12-01 to 2027-03-01`.
    pub detail: String,
}

/// What an import did to an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Not documented before.
    Added,
    /// Documented differently: internal, company scope, replacement.
    Changed,
    /// Now deprecated.
    Deprecated,
    /// No longer deprecated.
    Undeprecated,
    /// The sunset was set, moved or taken back.
    SunsetMoved,
    /// No longer documented.
    Removed,
}

impl ChangeKind {
    /// All kinds, in the order in which a change log lists them.
    pub const ALL: [Self; 6] =
        [Self::Added, Self::Changed, Self::Deprecated, Self::Undeprecated, Self::SunsetMoved, Self::Removed];

    /// The word for it in tables and logs.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Deprecated => "deprecated",
            Self::Undeprecated => "undeprecated",
            Self::SunsetMoved => "sunset_moved",
            Self::Removed => "removed",
        }
    }
}
