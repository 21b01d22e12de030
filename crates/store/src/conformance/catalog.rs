//! Promises about imports.

use ::model::{Catalog, CatalogChange, ChangeKind, DeprecatedSince, Operation, Route, TallyKey, UnixMillis};

use super::builders::{PRODUCTION, SANDBOX, calls, commit, counted, day, dirty, key};
use crate::{CatalogImport, CatalogSave, IngestCommit, LoggedChange, Result, SharedStore, StoreError};

/// A save of nothing, first of all.
fn empty(catalog: &Catalog) -> CatalogSave<'_> {
    CatalogSave {
        based_on: None,
        at: UnixMillis(1_000),
        documents: &[],
        catalog,
        changes: &[],
        moves: &[],
        move_since: day(0),
    }
}

fn operation(method: &str) -> Operation {
    Operation {
        method: method.to_owned(),
        document: "api.yaml".to_owned(),
        summary: None,
        deprecated: None,
        sunset: None,
        replaced_by: None,
        internal: false,
        company_scoped: true,
        documented_until: None,
    }
}

fn catalog() -> Catalog {
    let plain = Route {
        template: "/z/{Id}".to_owned(),
        text: "/z/:Id".to_owned(),
        operations: vec![operation("POST"), operation("GET")],
        documented_until: None,
    };
    let full = Operation {
        summary: Some("Lists".to_owned()),
        deprecated: Some(DeprecatedSince::Day(day(-1))),
        sunset: Some(day(5)),
        replaced_by: Some("GET /z/{Id}".to_owned()),
        internal: true,
        company_scoped: false,
        documented_until: Some(day(3)),
        ..operation("GET")
    };
    let always = Operation { deprecated: Some(DeprecatedSince::Always), ..operation("PUT") };
    let removed = Route {
        template: "/a".to_owned(),
        text: "/a".to_owned(),
        operations: vec![full, always],
        documented_until: Some(day(3)),
    };
    let bare = Route { template: "/".to_owned(), text: "/".to_owned(), operations: vec![], documented_until: None };
    Catalog { routes: vec![plain, removed, bare] }
}

/// Routes and operations keep their order and every field; a later import replaces all of them.
pub async fn a_catalog_reads_back_as_saved(store: SharedStore) -> Result<()> {
    let (first, mut second) = (catalog(), catalog());
    let documents = ["z.yaml".to_owned(), "a.json".to_owned()];
    let number = store.save_catalog(CatalogSave { documents: &documents, ..empty(&first) }).await?;
    assert_eq!(store.catalog().await?, first);
    let import = CatalogImport { number, at: UnixMillis(1_000), documents: documents.to_vec() };
    assert_eq!(store.last_import().await?, Some(import));

    second.routes.reverse();
    second.routes.pop();
    let later = store.save_catalog(CatalogSave { based_on: Some(number), ..empty(&second) }).await?;
    assert!(later > number);
    assert_eq!(store.catalog().await?, second);
    assert_eq!(store.last_import().await?.map(|import| import.documents), Some(vec![]));
    Ok(())
}

/// Of two imports that compared themselves with the same one, the second to be saved is refused.
pub async fn an_import_based_on_an_older_one_is_a_conflict(store: SharedStore) -> Result<()> {
    let (kept, refused) = (catalog(), Catalog::default());
    let conflict = |result| assert!(matches!(result, Err(StoreError::Conflict)), "{result:?}");
    conflict(store.save_catalog(CatalogSave { based_on: Some(1), ..empty(&refused) }).await);
    let first = store.save_catalog(empty(&kept)).await?;
    conflict(store.save_catalog(empty(&refused)).await);
    let second = store.save_catalog(CatalogSave { based_on: Some(first), ..empty(&kept) }).await?;
    conflict(store.save_catalog(CatalogSave { based_on: Some(first), ..empty(&refused) }).await);
    assert_eq!(store.last_import().await?.map(|import| import.number), Some(second));
    assert_eq!(store.catalog().await?, kept);
    Ok(())
}

/// The log reads newest import first; within one, as it was saved.
pub async fn changes_are_logged_newest_import_first(store: SharedStore) -> Result<()> {
    let change = |kind, route: &str| CatalogChange {
        kind,
        route: route.to_owned(),
        method: "GET".to_owned(),
        detail: format!("`{route}`"),
    };
    let all: Vec<_> = ChangeKind::ALL.into_iter().map(|kind| change(kind, "/first")).collect();
    let two = [change(ChangeKind::Removed, "/z"), change(ChangeKind::Added, "/a")];
    let nothing = Catalog::default();
    let first = store.save_catalog(CatalogSave { changes: &all, ..empty(&nothing) }).await?;
    let second = CatalogSave { based_on: Some(first), at: UnixMillis(2_000), changes: &two, ..empty(&nothing) };
    let second = store.save_catalog(second).await?;
    let logged = |import, at, changes: &[CatalogChange]| {
        let one = |change: &CatalogChange| LoggedChange { import, at: UnixMillis(at), change: change.clone() };
        changes.iter().map(one).collect::<Vec<_>>()
    };
    let expected = [logged(second, 2_000, &two), logged(first, 1_000, &all)].concat();
    assert_eq!(store.catalog_changes(100).await?, expected);
    assert_eq!(store.catalog_changes(3).await?, expected[..3]);
    assert_eq!(store.catalog_changes(0).await?, []);
    Ok(())
}

/// Counts move from their day on, of all apps in all environments, and merge with what is there.
pub async fn moved_counts_are_added_to_what_is_there(store: SharedStore) -> Result<()> {
    let sandbox = TallyKey { environment: SANDBOX, ..key("b", day(1), "?/a/1") };
    let posted = TallyKey { method: "POST".to_owned(), status: 403, ..key("a", day(1), "?/a/1") };
    let tallies = [
        (key("a", day(0), "?/a/1"), calls(1)),
        (key("a", day(1), "?/a/1"), calls(10)),
        (key("a", day(1), "?/a/2"), calls(100)),
        (key("a", day(1), "/a/:id"), calls(1_000)),
        (key("a", day(1), "?/a/:id"), calls(5)),
        (posted, calls(3)),
        (sandbox, calls(7)),
    ];
    store.commit_ingest(commit(&tallies)).await?;
    let moves = [("/a/1", "/a/:id"), ("/a/2", "/a/:id"), ("/never", "/seen")];
    let moves = moves.map(|(from, to)| (from.to_owned(), to.to_owned()));
    let catalog = Catalog::default();
    store.save_catalog(CatalogSave { moves: &moves, move_since: day(1), ..empty(&catalog) }).await?;
    let posted = TallyKey { method: "POST".to_owned(), status: 403, ..key("a", day(1), "/a/:id") };
    let of_a = [
        (key("a", day(0), "?/a/1"), 1),
        (key("a", day(1), "?/a/:id"), 5),
        (key("a", day(1), "/a/:id"), 1_110),
        (posted, 3),
    ];
    assert_eq!(counted(&store, "a", PRODUCTION).await?, of_a);
    let of_b = TallyKey { environment: SANDBOX, ..key("b", day(1), "/a/:id") };
    assert_eq!(counted(&store, "b", SANDBOX).await?, [(of_b, 7)]);
    assert_eq!(store.undocumented_routes(day(0)).await?, ["/a/1", "/a/:id"]);
    assert_eq!(store.undocumented_routes(day(1)).await?, ["/a/:id"]);
    Ok(())
}

/// Counts may stand under the wrong route since an import, and since traffic that was matched with an older one;
/// settling takes the mark back, unless there is a newer one.
pub async fn routes_are_unsettled_since_an_import_and_since_traffic_of_an_older_one(store: SharedStore) -> Result<()> {
    let traffic = |catalog| IngestCommit { catalog, ..commit(&[(key("a", day(1), "?/a/1"), calls(1))]) };
    store.commit_ingest(traffic(None)).await?;
    assert_eq!(store.unsettled_routes().await?, None);
    let import = Some(store.save_catalog(empty(&catalog())).await?);
    let first = store.unsettled_routes().await?;
    store.settle_routes(first.unwrap_or_default(), &[], day(0)).await?;
    assert!(first.is_some() && store.unsettled_routes().await?.is_none());

    store.commit_ingest(traffic(import)).await?;
    assert_eq!(store.unsettled_routes().await?, None);
    store.commit_ingest(traffic(None)).await?;
    let older = store.unsettled_routes().await?.unwrap_or_default();
    store.commit_ingest(traffic(None)).await?;
    let moves = [("/a/1".to_owned(), "/a/:id".to_owned())];
    store.settle_routes(older, &moves, day(0)).await?;
    let newer = store.unsettled_routes().await?.unwrap_or_default();
    assert!(newer > older, "{newer} {older}");
    store.settle_routes(newer, &moves, day(0)).await?;
    assert_eq!(store.unsettled_routes().await?, None);
    assert_eq!(counted(&store, "a", PRODUCTION).await?, [(key("a", day(1), "/a/:id"), 4)]);
    assert_eq!(dirty(&store).await?, [("a".to_owned(), day(1))]);
    Ok(())
}

/// Verdicts may read differently after an import, so all are due again.
pub async fn an_import_marks_every_production_day_dirty(store: SharedStore) -> Result<()> {
    let sandbox = TallyKey { environment: SANDBOX, ..key("c", day(0), "/x") };
    let tallies = [(key("a", day(0), "/x"), calls(1)), (key("b", day(9), "/x"), calls(1)), (sandbox, calls(1))];
    store.commit_ingest(commit(&tallies)).await?;
    let judged = store.dirty_days(10).await?;
    store.save_verdicts(&[], &judged).await?;
    assert_eq!(dirty(&store).await?, []);
    store.save_catalog(empty(&Catalog::default())).await?;
    assert_eq!(dirty(&store).await?, [("a".to_owned(), day(0)), ("b".to_owned(), day(9))]);
    Ok(())
}
