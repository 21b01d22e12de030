//! The audit log: every change of the registry says who, what, before and after, in the same transaction.

use model::{AuditEntry, AuditId, Doer, OrganisationId};
use serde_json::Value;
use store::Edit;

use crate::Steadfast;

/// What an entry of the audit log tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deed {
    /// `noun.verb`
    pub(crate) action: &'static str,
    /// On what: an app's id, a person's id, …
    pub(crate) target: String,
    /// Whose people may read it, beside the platform's staff.
    pub(crate) organisation: Option<OrganisationId>,
    /// What was there before. Never a secret.
    pub(crate) before: Option<Value>,
    /// What is there now. Never a secret.
    pub(crate) after: Option<Value>,
}

impl Steadfast {
    /// The edit that adds an entry to the audit log.
    pub(crate) fn audited(&self, by: Doer, deed: Deed) -> Edit {
        let at = self.clock.now();
        Edit::Audit(AuditEntry {
            id: AuditId::new(at, &*self.random),
            at,
            by,
            action: deed.action.to_owned(),
            target: deed.target,
            organisation: deed.organisation,
            before: deed.before.map(|value| value.to_string()),
            after: deed.after.map(|value| value.to_string()),
        })
    }
}
