//! Fields that nobody is asked for: the API refuses them, forms pass over them.

use serde_json::{Value, json};
use testkit::client::Client;

use crate::people::{PASSWORD, Portal, SCOPES, app};

fn me(client: &mut Client) -> Value {
    client.get("/api/v1/me").expect(200).json()
}

#[test]
fn the_api_refuses_fields_that_it_does_not_know() {
    let portal = Portal::start();
    let mut person = portal.person("Pia", "pia@new.example");
    let app = app(&mut person, "Own");
    let (before, app_before) = (me(&mut person), person.get(&format!("/api/v1/apps/{app}")).json());
    for (method, path, body) in [
        ("POST", "/api/v1/apps".to_owned(), json!({"name": "Mine", "id": "chosen"})),
        ("POST", "/api/v1/apps".to_owned(), json!({"name": "Mine", "status": "healthy"})),
        ("PATCH", format!("/api/v1/apps/{app}"), json!({"name": "Mine", "owner": "somebody"})),
        ("PATCH", format!("/api/v1/apps/{app}"), json!({"discovered": true})),
        ("PATCH", "/api/v1/me".to_owned(), json!({"name": "Pia", "platform_role": "operator"})),
        ("PATCH", "/api/v1/me".to_owned(), json!({"email": "olga@platform.example"})),
        ("PATCH", "/api/v1/me".to_owned(), json!({"name": "Pia", "verified": true})),
        ("POST", "/api/v1/organisations".to_owned(), json!({"name": "Mine", "id": "chosen"})),
        ("POST", format!("/api/v1/apps/{app}/invitations"), json!({"email": "x@new.example", "role": "owner"})),
    ] {
        let answer = person.send_json(method, &path, &body);
        assert!([400, 422].contains(&answer.status), "{method} {path} {body}: {} {}", answer.status, answer.text());
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
    assert_eq!(me(&mut person), before);
    assert_eq!(person.get(&format!("/api/v1/apps/{app}")).json(), app_before);
    assert_eq!(person.get("/api/v1/apps").json()["items"].as_array().unwrap().len(), 1);
}

#[test]
fn forms_give_nobody_what_they_do_not_offer() {
    let portal = Portal::start();
    let mut stranger = portal.server.client();
    let fields = [
        ("name", "Pia"),
        ("email", "pia@new.example"),
        ("password", PASSWORD),
        ("platform_role", "operator"),
        ("role", "operator"),
        ("verified", "1"),
        ("verified_at", "2026-01-01T00:00:00Z"),
        ("id", "chosen"),
    ];
    stranger.post_form("/sign-up", &fields).expect(200);
    let mut early = portal.server.client();
    early.fill_in("/sign-in", &[("email", "pia@new.example"), ("password", PASSWORD)]).expect(422);
    // Who tries to sign in too early is sent a fresh link.
    let [_first, second] = [(); 2].map(|()| portal.mails.next_to("pia@new.example"));
    let path = stranger.path_of(&second.link());
    stranger.fill_in(&path, &[("password", PASSWORD)]).expect(200);
    let mut person = stranger;
    assert_eq!(person.get("/platform").status, 403);
    let before = me(&mut person);
    let fields = [("name", "Pia"), ("email", "olga@platform.example"), ("platform_role", "operator"), ("id", "x")];
    person.post_form("/account", &fields).expect(303);
    assert_eq!(me(&mut person), before);
    let fields = [("name", "Own"), ("id", "chosen"), ("app", "chosen"), ("owner", "x"), ("discovered", "on")];
    let made = person.post_form("/new-app", &fields).expect(303);
    assert!(made.redirect().unwrap().starts_with("/apps/own-"), "{:?}", made.redirect());
}

#[test]
fn nobody_gets_a_scope_a_role_or_an_organisation_that_is_not_theirs() {
    let portal = Portal::start();
    let mut other = portal.person("Otto", "otto@new.example");
    let organisation = other.get("/api/v1/organisations").json()["items"][0]["id"].as_str().unwrap().to_owned();
    let mut person = portal.person("Pia", "pia@new.example");
    let app = app(&mut person, "Own");
    for scope in SCOPES.iter().filter(|scope| scope.starts_with("platform:") || scope.starts_with("calls:")) {
        let answer = person.post_form("/account/tokens", &[("name", "x"), ("scopes", scope), ("days", "30")]);
        assert_eq!(answer.status, 422, "{scope}: {}", answer.text());
    }
    let endless = [("name", "x"), ("scopes", "apps:read"), ("days", "36500")];
    assert_eq!(person.post_form("/account/tokens", &endless).status, 422);
    for role in ["owner", "operator", "nothing"] {
        let fields = [("email", "friend@new.example"), ("role", role)];
        let answer = person.post_form(&format!("/apps/{app}/collaborators/invite"), &fields);
        assert_eq!(answer.status, 422, "{role}");
    }
    let fields = [("name", "Theirs"), ("organisation", organisation.as_str())];
    let answer = person.post_form("/new-app", &fields);
    let theirs = other.get("/api/v1/apps").json();
    assert_eq!(theirs["items"], json!([]), "an app was made in somebody else's organisation: {}", answer.status);
}
