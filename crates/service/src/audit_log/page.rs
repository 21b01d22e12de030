//! One page of the audit log, newest first.

use std::cmp::Reverse;

use model::{AuditEntry, AuditId};
use store::AuditQuery;

use super::filter::{Asked, AuditFilter};
use super::names::{DoerSeen, Names, TargetSeen};
use crate::{Error, Steadfast};

/// An entry with names in place of ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditSeen {
    /// The entry.
    pub entry: AuditEntry,
    /// Who did it.
    pub doer: DoerSeen,
    /// On what.
    pub target: TargetSeen,
    /// The names of the people whose ids stand in what was there before and after: id, name.
    pub people: Vec<(String, String)>,
}

/// Some entries of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries, newest first.
    pub entries: Vec<AuditSeen>,
    /// The entry after which the next page begins, where there is one.
    pub next: Option<AuditId>,
}

impl Steadfast {
    /// The entries that a filter asks for, older than `before`; at most `limit` of them.
    ///
    /// # Errors
    /// When the filter can't be understood (fields `who`, `action`, `target`, `from`, `to`), or the store fails.
    pub async fn audit_page(
        &self,
        filter: &AuditFilter,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<AuditPage, Error> {
        let asked = self.asked(filter).await?;
        self.entries(&asked, before, limit, &mut Names::for_readers_of(filter)).await
    }

    /// The same, of a filter that is understood already.
    pub(super) async fn entries(
        &self,
        asked: &Asked,
        before: Option<AuditId>,
        limit: u32,
        names: &mut Names,
    ) -> Result<AuditPage, Error> {
        let query = AuditQuery { before, limit: limit.saturating_add(1), ..asked.query.clone() };
        let mut found = match &asked.doers {
            None => self.store.audit(&query).await?,
            Some(doers) => {
                let mut found = Vec::new();
                for doer in doers {
                    found.extend(self.store.audit(&AuditQuery { by: Some(*doer), ..query.clone() }).await?);
                }
                found.sort_by_key(|entry| Reverse(entry.id));
                found
            }
        };
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = found.len() > most;
        found.truncate(most);
        let next = found.last().filter(|_| more).map(|entry| entry.id);
        self.learn(names, &found).await?;
        let entries = found.into_iter().map(|entry| names.seen(entry)).collect();
        Ok(AuditPage { entries, next })
    }
}
