//! What an import does to counts and verdicts.

use model::{AppId, Observation, Status};

use crate::installation::{Installation, line};

const FIRST: &str = r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{"/a":{"get":{}}}}"#;
const SECOND: &str = r#"{"openapi":"3.0.0","info":{"title":"T","version":"2"},"paths":{"/a":{"get":{}},"/things/{thing_id}":{"get":{}}}}"#;

#[tokio::test]
async fn counts_move_to_a_route_that_is_documented_now_and_verdicts_follow() {
    let installation = Installation::new();
    installation.import(&[("api.json", FIRST)]).await;
    let text: String = (0..100).map(|n| line("acme", n, &format!("/things/{n}"), 200)).collect();
    let log = installation.write("access.log", text);
    installation.ingest(&log).await;
    let acme: AppId = "acme".parse().unwrap();
    let health = |installation: &Installation| {
        let steadfast = installation.steadfast.clone();
        let acme = acme.clone();
        async move { steadfast.health(&acme, steadfast.today()).await.unwrap() }
    };
    let before = health(&installation).await;
    assert_eq!(before.status, Some(Status::NeedsAttention));
    assert_eq!(before.observations[Observation::PrivateEndpoint.index()].affected(), 100);
    assert!(installation.report("acme").await.contains(",GET,/things/:id,100"));

    let outcome = installation.import(&[("api.json", SECOND)]).await;
    assert_eq!(outcome.moved, [("/things/:id".to_owned(), "/things/:thing_id".to_owned())]);
    let after = health(&installation).await;
    assert_eq!(after.status, Some(Status::Healthy));
    assert_eq!(after.observations[Observation::MissingCompanyHeader.index()].base(), 100);
    assert!(installation.report("acme").await.contains(",GET,/things/:thing_id,100"));
}

#[tokio::test]
async fn a_document_with_an_error_keeps_what_it_had_and_costs_no_other() {
    let installation = Installation::new();
    installation.import(&[("a.json", FIRST)]).await;
    let other = r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{"/b":{"get":{}}}}"#;
    let outcome = installation.import(&[("a.json", "{\"openapi\":"), ("b.json", other)]).await;
    assert_eq!(outcome.failed, ["a.json"]);
    assert_eq!(outcome.kept, ["a.json"]);
    assert!(!outcome.problems.is_empty());
    assert_eq!(outcome.operations, 2);
}

#[tokio::test]
async fn a_removed_route_was_documented_until_that_day() {
    let installation = Installation::new();
    installation.import(&[("a.json", SECOND)]).await;
    let outcome = installation.import(&[("a.json", FIRST)]).await;
    assert_eq!(outcome.operations, 1);
    let catalog = installation.steadfast.store.catalog().await.unwrap();
    let removed = catalog.routes.iter().find(|route| route.text == "/things/:thing_id").unwrap();
    assert_eq!(removed.documented_until, Some(installation.steadfast.today()));
}

#[tokio::test]
async fn traffic_that_was_matched_with_an_older_catalog_settles_with_the_newer() {
    let installation = Installation::new();
    let import = installation.import(&[("api.json", FIRST)]).await;
    assert_eq!(import.operations, 1);
    let older = installation.steadfast.store.last_import().await.unwrap().map(|import| import.number);
    installation.import(&[("api.json", SECOND)]).await;
    // An ingest that began before the second import commits after it.
    let day = installation.steadfast.today().plus(-1);
    let commit = store::IngestCommit {
        catalog: older,
        apps: vec!["acme".parse().unwrap()],
        routes: vec![model::RouteKey { documented: false, text: "/things/:id".to_owned() }],
        methods: vec!["GET".to_owned()],
        tallies: vec![store::TallyDelta {
            app: 0,
            environment: model::Environment::Production,
            day,
            route: 0,
            method: 0,
            status: 200,
            counts: model::Counts { calls: 7, ..model::Counts::default() },
        }],
        ..store::IngestCommit::empty(model::UnixMillis(0))
    };
    installation.steadfast.store.commit_ingest(commit).await.unwrap();
    assert!(installation.report("acme").await.contains(",GET,/things/:thing_id,7"));
}

#[tokio::test]
async fn counts_that_a_template_did_not_fit_stay_where_they_are() {
    let installation = Installation::new();
    installation.import(&[("api.json", SECOND)]).await;
    // Not UTF-8 once decoded, so it keeps its raw text; the route that is kept has an `:id` for the odd segment.
    let log = installation.write("access.log", line("acme", 0, "/%74hings/a@%ff", 200));
    installation.ingest(&log).await;
    let report = installation.report("acme").await;
    assert!(report.ends_with(",GET,/%74hings/:id,1\r\n"), "{report}");
    let outcome = installation.import(&[("api.json", SECOND)]).await;
    assert!(outcome.moved.is_empty() && outcome.changes.is_empty(), "{outcome:?}");
    assert_eq!(installation.report("acme").await, report);
}

#[tokio::test]
async fn late_calls_of_a_removed_route_are_counted_as_those_that_came_in_time() {
    let installation = Installation::new();
    installation.import(&[("api.json", SECOND)]).await;
    let early = installation.write("early.log", line("acme", 0, "/things/1", 200));
    installation.ingest(&early).await;
    installation.import(&[("api.json", FIRST)]).await;
    let late = installation.write("late.log", line("acme", 1, "/things/2", 200));
    installation.ingest(&late).await;
    assert!(installation.report("acme").await.contains("2026-11-19,200,GET,/things/:thing_id,2"));
    let today = line("acme", 2, "/things/3", 200).replace("2026-11-19", "2026-11-20");
    installation.ingest(&installation.write("today.log", today)).await;
    let steadfast = &installation.steadfast;
    let health = steadfast.health(&"acme".parse().unwrap(), steadfast.today()).await.unwrap();
    let private = Observation::PrivateEndpoint.index();
    assert_eq!((health.observations[private].affected(), health.today.affected[private]), (0, 1));
}
