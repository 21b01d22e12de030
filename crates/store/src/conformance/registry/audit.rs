//! Promises about the audit log.

use ::model::{AuditEntry, Doer, TokenId};

use super::cast::{at, entry, id, organisation, organisation_id, person, person_id};
use super::dump::refused_all;
use crate::{AuditQuery, Edit, Result, SharedStore};

/// An entry reads back with all its fields, whoever did it, and stays when nothing of what it is about is known.
pub async fn audit_entries_read_back_newest_first(store: SharedStore) -> Result<()> {
    let full = AuditEntry {
        organisation: Some(organisation_id(7)),
        before: Some("{}".to_owned()),
        after: None,
        ..entry(1, "person.disabled", "x")
    };
    let doers = [Doer::Person(person_id(3)), Doer::Token(id(TokenId::from_bytes, 4)), Doer::Nobody];
    let others = (2..).zip(doers).map(|(n, by)| AuditEntry { by, ..entry(n, "session.opened", "y") });
    let mut all: Vec<_> = [full].into_iter().chain(others).collect();
    // In whatever order they are written.
    store.change(all.iter().rev().cloned().map(Edit::Audit).collect()).await?;
    all.reverse();
    assert_eq!(store.audit(&AuditQuery { limit: 10, ..AuditQuery::default() }).await?, all);
    refused_all(&store, vec![Edit::Audit(all[0].clone())]).await
}

/// Each filter alone and all together leave what they say, page by page.
pub async fn the_audit_log_is_filtered_and_paged(store: SharedStore) -> Result<()> {
    let by = |n: u8| if n.is_multiple_of(2) { Doer::Person(person_id(1)) } else { Doer::System };
    let entries = (1..=40).map(|n: u8| AuditEntry {
        by: by(n),
        organisation: n.is_multiple_of(3).then(|| organisation_id(1)),
        ..entry(n, if n.is_multiple_of(5) { "app.created" } else { "app_role.set" }, if n < 30 { "a" } else { "b" })
    });
    let entries: Vec<_> = entries.collect();
    store.change(entries.iter().cloned().map(Edit::Audit).collect()).await?;

    let none = AuditQuery { limit: 100, ..AuditQuery::default() };
    let filters = [
        none.clone(),
        AuditQuery { target: Some("a".to_owned()), ..none.clone() },
        AuditQuery { target: Some("A".to_owned()), ..none.clone() },
        AuditQuery { organisation: Some(organisation_id(1)), ..none.clone() },
        AuditQuery { by: Some(Doer::Person(person_id(1))), ..none.clone() },
        AuditQuery { action: Some("app.".to_owned()), ..none.clone() },
        AuditQuery { action: Some("app".to_owned()), ..none.clone() },
        AuditQuery { since: Some(at(10)), until: Some(at(20)), ..none.clone() },
        AuditQuery { since: Some(at(35)), by: Some(Doer::System), ..none.clone() },
        AuditQuery {
            target: Some("b".to_owned()),
            organisation: Some(organisation_id(1)),
            by: Some(Doer::Person(person_id(1))),
            action: Some("app.created".to_owned()),
            ..none
        },
    ];
    for filter in filters {
        let expected: Vec<_> = entries.iter().rev().filter(|entry| matches(&filter, entry)).cloned().collect();
        assert_eq!(store.audit(&filter).await?, expected, "{filter:?}");
        let mut paged = Vec::new();
        // One page more than there are entries, lest a store without pages is asked for ever.
        for _ in 0..=expected.len() {
            let before = paged.last().map(|entry: &AuditEntry| entry.id);
            let page = store.audit(&AuditQuery { before, limit: 3, ..filter.clone() }).await?;
            assert!(page.len() <= 3);
            paged.extend(page);
        }
        assert_eq!(paged, expected, "{filter:?}");
    }
    Ok(())
}

fn matches(query: &AuditQuery, entry: &AuditEntry) -> bool {
    query.target.as_ref().is_none_or(|target| *target == entry.target)
        && query.organisation.is_none_or(|organisation| Some(organisation) == entry.organisation)
        && query.by.is_none_or(|by| by == entry.by)
        && query.action.as_ref().is_none_or(|action| entry.action.starts_with(action))
        && query.since.is_none_or(|since| entry.at >= since)
        && query.until.is_none_or(|until| entry.at < until)
}

/// A use case and its audit entry happen together or not at all.
pub async fn an_audit_entry_shares_the_fate_of_its_change(store: SharedStore) -> Result<()> {
    let audited = |edit| vec![Edit::Audit(entry(1, "person.created", "p")), edit];
    store.change(vec![Edit::AddPerson(person(1)), Edit::AddOrganisation(organisation(1))]).await?;
    refused_all(&store, audited(Edit::AddPerson(person(1)))).await?;
    assert_eq!(store.audit(&AuditQuery { limit: 1, ..AuditQuery::default() }).await?, []);
    store.change(audited(Edit::AddPerson(person(2)))).await?;
    assert_eq!(store.audit(&AuditQuery { limit: 1, ..AuditQuery::default() }).await?.len(), 1);
    Ok(())
}
