//! The API keeps to its OpenAPI document, whoever asks: no 5xx, and nothing that the document does not say.

use std::time::Duration;

use testkit::client::Client;
use testkit::html;
use testkit::schemathesis::Schemathesis;

use crate::cast::{Call, program};
use crate::people::{Portal, SCOPES, app, token};

/// They end what a run lives by: its token, its account, the app and the organisation that it asks about.
const ENDING: [&str; 6] = [
    "DELETE /api/v1/me/tokens/{token}",
    "PATCH /api/v1/platform/people/{person}",
    "DELETE /api/v1/apps/{app}",
    "POST /api/v1/apps/{app}/ownership",
    "DELETE /api/v1/apps/{app}/collaborators/me",
    "DELETE /api/v1/organisations/{organisation}/members/me",
];

/// A portal with calls of an app.
fn portal() -> Portal {
    let program = program();
    program.write("calls.ndjson", Call { status: 403, ..Call::default() }.lines(100));
    let _counted = program.run(&["ingest", "calls.ndjson"]).succeeded();
    Portal::start_on(program)
}

/// Some requests about this app, and some about any.
fn runs(portal: &Portal, app: Option<&str>) -> Vec<Schemathesis> {
    let run = Schemathesis::of(&portal.server.url("/api/v1/openapi.json")).examples(4).within(Duration::from_secs(240));
    let run = ENDING.iter().fold(run, |run, operation| run.without_operation(operation));
    match app {
        Some(app) => {
            let about = run.clone().path_parameter("app", app).path_parameter("environment", "sandbox");
            vec![run, about.only_paths("^/api/v1/apps/")]
        }
        None => vec![run],
    }
}

/// An app with a version and a secret.
fn made(person: &mut Client) -> String {
    let app = app(person, "Tested");
    person.fill_in(&format!("/apps/{app}/components"), &[("data_connection", "on")]).expect(200);
    person.fill_in(&format!("/apps/{app}/versions"), &[("number", "1.0.0")]).expect(200);
    person.post_form(&format!("/apps/{app}/credentials/sandbox/secrets"), &[]).expect(200);
    let page = person.get(&format!("/apps/{app}/versions")).text();
    assert!(html::links(&page).iter().any(|link| link.contains("/versions/")), "{page}");
    app
}

#[test]
fn the_api_keeps_to_its_document_for_strangers() {
    let portal = portal();
    for run in runs(&portal, None) {
        run.hold();
    }
}

#[test]
fn the_api_keeps_to_its_document_for_an_operator() {
    let portal = portal();
    let mut operator = portal.operator();
    let token = token(&mut operator, &SCOPES);
    for run in runs(&portal, Some("acme-erp")) {
        run.token(&token).hold();
    }
    assert_eq!(portal.server.client().with_token(&token).get("/api/v1/me").status, 200, "the run ended itself");
}

#[test]
fn the_api_keeps_to_its_document_for_somebody_with_an_app() {
    let portal = portal();
    let mut person = portal.person("Dev", "dev@new.example");
    let app = made(&mut person);
    let token = token(&mut person, &["apps:read", "apps:write", "credentials:write", "people:read", "people:write"]);
    for run in runs(&portal, Some(&app)) {
        run.token(&token).hold();
    }
}
