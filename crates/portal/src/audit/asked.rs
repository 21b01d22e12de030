//! What of the audit log is asked for, as it stands in a URL.

use model::{AuditId, Day, OrganisationId};
use service::{AuditFilter, Flaw, Refusal};

use crate::fault::Fault;
use crate::query::Params;
use crate::urls::with_query;

/// The parameters of a filter.
const FIELDS: [&str; 5] = ["who", "action", "target", "from", "to"];

/// The parameters of a page.
pub(crate) const OF_PAGE: [&str; 6] = ["who", "action", "target", "from", "to", "before"];
/// The parameters of a list of the API.
pub(crate) const OF_LIST: [&str; 7] = ["who", "action", "target", "from", "to", "limit", "cursor"];
/// The parameters of an export.
pub(crate) const OF_EXPORT: [&str; 5] = FIELDS;

/// The words of a filter, as they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) who: String,
    pub(crate) action: String,
    pub(crate) target: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

impl Asked {
    pub(crate) fn new(params: &Params) -> Self {
        let [who, action, target, from, to] = FIELDS.map(|name| params.text(name).to_owned());
        Self { who, action, target, from, to }
    }

    /// Whether it asks for less than all.
    pub(crate) fn is_narrow(&self) -> bool {
        *self != Self::default()
    }

    /// What it means.
    pub(crate) fn filter(&self, organisation: Option<OrganisationId>) -> Result<AuditFilter, Refusal> {
        let mut flaws = Vec::new();
        let mut day = |name: &str, text: &str| -> Option<Day> {
            if text.is_empty() {
                return None;
            }
            text.parse().map_err(|error| flaws.push(Flaw::new(name, error))).ok()
        };
        let filter = AuditFilter {
            from: day("from", &self.from),
            to: day("to", &self.to),
            who: self.who.clone(),
            action: self.action.clone(),
            target: self.target.clone(),
            organisation,
        };
        if flaws.is_empty() { Ok(filter) } else { Err(Refusal::Invalid(flaws)) }
    }

    /// The URL at this path that asks for the same, from after an entry on.
    pub(crate) fn url(&self, path: &str, before: Option<AuditId>) -> String {
        let before = before.map(|id| id.to_string()).unwrap_or_default();
        let Self { who, action, target, from, to } = self;
        let pairs =
            [("who", who), ("action", action), ("target", target), ("from", from), ("to", to), ("before", &before)];
        with_query(path, pairs)
    }
}

/// The entry after which a page begins.
pub(crate) fn before(name: &str, params: &Params) -> Result<Option<AuditId>, Fault> {
    let text = params.text(name);
    let wrong = |_| Fault::BadRequest(format!("{name}: this is not the `next` of a page of this list"));
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(wrong) }
}
