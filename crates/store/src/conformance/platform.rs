//! Promises about lists of all apps, flagged calls, senders of batches, and whom to tell by mail.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::model::{AppId, Company, Day, DayRange, DayVerdict, Severity, Status, TallyKey, UnixMillis};

use super::builders::{app, by_company, calls, commit, day, dirty, key, route};
use super::registry::cast::{people_and_organisation, person_id, with_app};
use crate::{
    Alert, AlertChanges, AlertEdit, BatchCommit, DayVerdicts, DirtyDay, DueAlert, Edit, FlagKind, Flagged, FlaggedUse,
    IngestCommit, ListedApp, Result, SharedStore, StoreError,
};

/// The days that lists are asked for.
fn days() -> DayRange {
    DayRange { start: day(0), end: day(9) }
}

/// Counts calls of an app on a day, and judges it.
async fn judged(store: &SharedStore, id: &str, on: Day, worst: Severity, flagged: Vec<Flagged>) -> Result<()> {
    store.commit_ingest(commit(&[(key(id, on, "/x"), calls(3)), (key(id, on, "?/y"), calls(4))])).await?;
    save(store, id, on, worst, 7, flagged).await
}

async fn save(
    store: &SharedStore,
    id: &str,
    on: Day,
    worst: Severity,
    calls: u64,
    flagged: Vec<Flagged>,
) -> Result<()> {
    let marks = store.dirty_days_within(Some(&app(id)), DayRange::only(on), None, u32::MAX).await?;
    let verdict = |severity| DayVerdict { day: on, affected: 1, base: 7, severity };
    let mut verdicts = [verdict(Severity::Healthy); 7];
    verdicts[6] = verdict(worst);
    verdicts[1] = verdict(Severity::Warning);
    store.save_verdicts(&[DayVerdicts { app: app(id), verdicts, calls, flagged }], &marks).await
}

fn flagged(kind: FlagKind, to: &str, calls: u64) -> Flagged {
    Flagged { kind, route: Arc::new(route(to)), method: "GET".into(), calls }
}

/// Dirty days within days, of all apps or of one, up to a limit.
pub async fn dirty_days_are_found_by_day_and_app(store: SharedStore) -> Result<()> {
    let counts = [("b", 1), ("a", 2), ("a", 1), ("a", 3)].map(|(id, n)| (key(id, day(n), "/x"), calls(1)));
    store.commit_ingest(commit(&counts)).await?;
    let range = DayRange { start: day(1), end: day(2) };
    let found = |of: Vec<DirtyDay>| of.into_iter().map(|it| (it.app.to_string(), it.day)).collect::<Vec<_>>();
    let expected = [("a", 1), ("a", 2), ("b", 1)].map(|(id, n)| (id.to_owned(), day(n)));
    assert_eq!(found(store.dirty_days_within(None, range, None, 9).await?), expected);
    assert_eq!(found(store.dirty_days_within(None, range, None, 1).await?), expected[..1]);
    assert_eq!(found(store.dirty_days_within(Some(&app("b")), range, None, 9).await?), expected[2..]);
    assert_eq!(found(store.dirty_days_within(Some(&app("c")), range, None, 9).await?), []);
    // Few are looked up in another way than many.
    let all = store.dirty_days_within(None, range, None, 9).await?;
    for (place, after) in all.iter().enumerate() {
        for limit in [1, 9] {
            let rest = &expected[place + 1..];
            let next = store.dirty_days_within(None, range, Some(after), limit).await?;
            assert_eq!(found(next), rest[..rest.len().min(limit as usize)], "{after:?}");
            let of_app = store.dirty_days_within(Some(&after.app), range, Some(after), limit).await?;
            assert_eq!(
                found(of_app),
                rest.iter().filter(|(id, _)| *id == after.app.to_string()).cloned().collect::<Vec<_>>()
            );
        }
    }
    assert_eq!(store.count_dirty_days(range, 9).await?, 3);
    assert_eq!(store.count_dirty_days(range, 2).await?, 2);
    assert_eq!(dirty(&store).await?.len(), 4);
    Ok(())
}

/// The revision grows with whatever lists show and with nothing else; what is gone resets them.
pub async fn lists_hold_until_an_app_or_its_verdicts_change(store: SharedStore) -> Result<()> {
    let mut last = store.list_state(days()).await?;
    assert!(!last.dirty);
    judged(&store, "a", day(1), Severity::Healthy, vec![]).await?;
    let next = store.list_state(days()).await?;
    assert!(next.revision > last.revision && next.reset <= last.revision && !next.dirty);
    last = next;

    store.commit_ingest(commit(&[(key("a", day(1), "/x"), calls(1))])).await?;
    store.set_setting("x", "y").await?;
    people_and_organisation(&store).await?;
    let next = store.list_state(days()).await?;
    assert_eq!((next.revision, next.dirty), (last.revision, true));
    assert!(!store.list_state(DayRange { start: day(2), end: day(9) }).await?.dirty);
    save(&store, "a", day(1), Severity::Critical, 8, vec![]).await?;
    let next = store.list_state(days()).await?;
    assert!(next.revision > last.revision && !next.dirty);
    last = next;

    let mut saved = ::model::App::discovered(app("a"));
    saved.name = "Other".to_owned();
    store.save_app(&saved).await?;
    let next = store.list_state(days()).await?;
    assert!(next.revision > last.revision && next.reset <= last.revision);
    last = next;
    assert_eq!(ids(&store, Some(last.revision)).await?, []);

    store.purge_before(day(2)).await?;
    let next = store.list_state(days()).await?;
    assert!(next.reset > last.revision && next.revision >= next.reset);
    Ok(())
}

async fn ids(store: &SharedStore, since: Option<i64>) -> Result<Vec<AppId>> {
    let mut ids: Vec<AppId> = store.listed_apps(since, days()).await?.items.into_iter().map(|it| it.app.id).collect();
    ids.sort();
    Ok(ids)
}

/// Each app with whose it is and with its days; those that changed since a revision alone.
pub async fn apps_are_listed_with_their_days(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    for (id, n, worst) in [("a", 3, Severity::Critical), ("a", 1, Severity::Healthy), ("a", 10, Severity::Healthy)] {
        judged(&store, id, day(n), worst, vec![]).await?;
    }
    judged(&store, "b", day(2), Severity::Healthy, vec![]).await?;
    let all = store.listed_apps(None, days()).await?;
    let by_id: BTreeMap<AppId, ListedApp> = all.items.into_iter().map(|it| (it.app.id.clone(), it)).collect();
    assert_eq!(by_id.keys().cloned().collect::<Vec<_>>(), [app("a"), app("b")]);
    let a = &by_id[&app("a")];
    let registration = store.registration(&app("a")).await?;
    assert_eq!(a.organisation, registration.map(|it| it.organisation));
    assert_eq!((Some(&a.app), by_id[&app("b")].organisation), (store.app(&app("a")).await?.as_ref(), None));
    let days: Vec<_> = a.days.iter().map(|it| (it.day, it.calls, it.severities[1], it.severities[6])).collect();
    let (warning, healthy) = (Severity::Warning, Severity::Healthy);
    assert_eq!(days, [(day(1), 7, warning, healthy), (day(3), 7, warning, Severity::Critical)]);

    assert_eq!(ids(&store, Some(all.revision)).await?, []);
    judged(&store, "b", day(3), Severity::Healthy, vec![]).await?;
    assert_eq!(ids(&store, Some(all.revision)).await?, [app("b")]);
    assert_eq!(ids(&store, None).await?, [app("a"), app("b")]);
    Ok(())
}

type Uses = BTreeMap<AppId, Vec<(FlagKind, String, Day, Day, u64)>>;

fn by_app(items: Vec<(AppId, Vec<FlaggedUse>)>) -> Uses {
    let text = |it: FlaggedUse| (it.kind, it.route.text.clone(), it.first, it.last, it.recent);
    items.into_iter().map(|(app, uses)| (app, uses.into_iter().map(text).collect())).collect()
}

/// Flagged calls of the days of an app add up by kind, route and method; a day that is judged anew replaces its own.
pub async fn flagged_calls_add_up_by_route(store: SharedStore) -> Result<()> {
    use FlagKind::{Deprecated, Private};
    let healthy = Severity::Healthy;
    assert_eq!(store.first_counted_day().await?, None);
    let private = [flagged(Private, "?/y", 4), flagged(Private, "/x", 4)];
    let two = [flagged(Deprecated, "/x", 2), flagged(Deprecated, "/x", 1)].into_iter().chain(private);
    judged(&store, "a", day(1), healthy, two.collect()).await?;
    judged(&store, "a", day(4), healthy, vec![flagged(Deprecated, "/x", 3), flagged(Private, "?/y", 6)]).await?;
    judged(&store, "a", day(8), healthy, vec![flagged(Deprecated, "/x", 5), flagged(Private, "/nowhere", 1)]).await?;
    judged(&store, "b", day(2), healthy, vec![]).await?;
    let recent = DayRange { start: day(2), end: day(8) };
    let all = store.flagged_uses(None, recent).await?;
    let x = |first, last, recent| (Deprecated, "/x".to_owned(), day(first), day(last), recent);
    let y = (Private, "/y".to_owned(), day(1), day(4), 6);
    let found = by_app(all.items);
    assert_eq!((&found[&app("a")], &found[&app("b")]), (&vec![x(1, 8, 8), y.clone()], &vec![]));

    save(&store, "a", day(8), healthy, 7, vec![]).await?;
    let changed = by_app(store.flagged_uses(Some(all.revision), recent).await?.items);
    assert_eq!(changed, BTreeMap::from([(app("a"), vec![x(1, 4, 3), y])]));
    save(&store, "a", day(4), healthy, 0, vec![]).await?;
    assert_eq!(store.first_counted_day().await?, Some(day(1)));
    store.purge_before(day(2)).await?;
    assert_eq!(by_app(store.flagged_uses(None, recent).await?.items)[&app("a")], []);
    assert_eq!(store.first_counted_day().await?, Some(day(2)));
    Ok(())
}

/// The companies behind the calls of apps to one route, by method and day.
pub async fn companies_are_found_by_route(store: SharedStore) -> Result<()> {
    let route_x = route("/x");
    let (head, post) = ("HEAD".to_owned(), "POST".to_owned());
    let of = |id, n, to: &str, method: &str| TallyKey { method: method.to_owned(), ..key(id, day(n), to) };
    let named = Company::Named;
    store
        .commit_ingest(by_company(&[
            (of("a", 1, "/x", "GET"), named("one"), 1),
            (of("a", 2, "/x", &head), named("two"), 5),
            (of("a", 2, "/x", "GET"), Company::Others, 2),
            (of("a", 3, "/x", "GET"), Company::Absent, 3),
            (of("a", 3, "/y", "GET"), named("one"), 9),
            (of("a", 3, "/x", &post), named("one"), 9),
            (of("b", 3, "/x", "GET"), named("one"), 7),
        ]))
        .await?;
    let apps = [app("b"), app("nobody"), app("a")];
    let ask = |days| store.companies_of_route(&apps, &route_x, ["GET", "HEAD"], days);
    let found = ask(DayRange { start: day(1), end: day(3) }).await?;
    let name = |text: &str| -> Company { Company::Named(text.into()) };
    let of_a = [(name("two"), 5), (Company::Absent, 3), (Company::Others, 2), (name("one"), 1)];
    assert_eq!(found, [vec![(name("one"), 7)], vec![], of_a.to_vec()]);
    assert_eq!(ask(DayRange::only(day(1))).await?[2], of_a[3..]);
    Ok(())
}

/// Who sent batches, with how many and how many calls, of those that are remembered.
pub async fn senders_of_batches_come_latest_first(store: SharedStore) -> Result<()> {
    for (n, sender, at) in [(1, "one", 10), (2, "two", 20), (3, "one", 30)] {
        let batch = BatchCommit {
            sender: sender.to_owned(),
            key: None,
            digest: [n; 32],
            since: UnixMillis(0),
            accepted: u64::from(n),
            rejects: vec![],
        };
        store.commit_ingest(IngestCommit { batches: vec![batch], ..IngestCommit::empty(UnixMillis(at)) }).await?;
    }
    let all = [("one", 30, 2, 4), ("two", 20, 1, 2)];
    for (forgotten, expected) in
        [(9, &all[..]), (10, &[("one", 30, 1, 3), all[1]]), (20, &[("one", 30, 1, 3)]), (30, &[])]
    {
        store.forget_batches(UnixMillis(forgotten)).await?;
        let senders = store.batch_senders().await?;
        let found = senders.iter().map(|it| (it.sender.as_str(), it.last_at.0, it.batches, it.accepted));
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }
    Ok(())
}

fn alert(person: u8, told: Option<Status>) -> Alert {
    let changes = Some(AlertChanges::Worse);
    Alert { app: app("a"), person: person_id(person), changes, weekly: false, told, digest_of: day(0) }
}

async fn alerts(store: &SharedStore, edits: Vec<AlertEdit>) -> Result<()> {
    store.change(edits.into_iter().map(Edit::Alerts).collect()).await
}

/// A choice replaces the one before; what somebody knows moves on from what they knew, once.
pub async fn what_people_are_told_reads_back(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    assert_eq!(store.alert(&app("a"), person_id(1)).await?, None);
    let (mut one, two) = (alert(1, None), alert(2, Some(Status::Healthy)));
    alerts(&store, vec![AlertEdit::Choose(two.clone()), AlertEdit::Choose(one.clone())]).await?;
    assert_eq!(store.alerts().await?, [one.clone(), two.clone()]);
    (one.changes, one.weekly) = (None, true);
    alerts(&store, vec![AlertEdit::Choose(one.clone())]).await?;
    assert_eq!(store.alert(&app("a"), person_id(1)).await?, Some(one));

    let next = Alert { told: Some(Status::NeedsAttention), digest_of: day(7), ..two.clone() };
    let told = || AlertEdit::Told(Box::new((two.clone(), next.clone())));
    alerts(&store, vec![told()]).await?;
    assert_eq!(store.alert(&app("a"), person_id(2)).await?, Some(next.clone()));
    assert!(matches!(alerts(&store, vec![told()]).await, Err(StoreError::Conflict)));
    let of_nothing = Alert { app: app("nothing"), ..two.clone() };
    assert!(matches!(alerts(&store, vec![AlertEdit::Choose(of_nothing)]).await, Err(StoreError::Conflict)));
    // It goes with the app.
    store.change(vec![Edit::Unregister(app("a"))]).await?;
    assert_eq!(store.alerts().await?, []);
    Ok(())
}

/// Mails come in the order in which they were decided, and go once they are done.
pub async fn a_mail_is_due_until_it_is_done(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    let due = |change, n| DueAlert { id: 0, app: app("a"), person: person_id(1), change, as_of: day(n) };
    let changed = due(Some((None, Some(Status::ReviewRecommended))), 1);
    alerts(&store, vec![AlertEdit::Due(changed.clone()), AlertEdit::Due(due(None, 0))]).await?;
    let found = store.due_alerts(9).await?;
    let without_ids: Vec<_> = found.iter().map(|it| DueAlert { id: 0, ..it.clone() }).collect();
    assert_eq!(without_ids, [changed, due(None, 0)]);
    assert_eq!(store.due_alerts(1).await?, found[..1]);
    alerts(&store, vec![AlertEdit::Done(found[0].id), AlertEdit::Done(found[0].id)]).await?;
    assert_eq!(store.due_alerts(9).await?, found[1..]);
    Ok(())
}
