//! Requests that another site lets a browser send: refused, and nothing is changed.

use serde_json::json;
use testkit::client::Client;
use testkit::encoding::to_form;

use crate::people::{PASSWORD, Portal, app};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// Forms that change something, with what would be sent.
fn changes(app: &str) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    vec![
        ("/new-app".to_owned(), vec![("name", "Forged")]),
        ("/organisations".to_owned(), vec![("name", "Forged")]),
        ("/account".to_owned(), vec![("name", "Forged")]),
        ("/account/tokens".to_owned(), vec![("name", "Forged"), ("scopes", "apps:read"), ("days", "30")]),
        (
            "/account/security/password".to_owned(),
            vec![("present", PASSWORD), ("password", "eleven blue lanterns hum")],
        ),
        ("/account/sessions/end-others".to_owned(), vec![]),
        (format!("/apps/{app}/settings"), vec![("name", "Forged")]),
        (format!("/apps/{app}/delete"), vec![("name", "Target")]),
        (format!("/apps/{app}/collaborators/invite"), vec![("email", "thief@new.example"), ("role", "admin")]),
        (format!("/apps/{app}/components"), vec![("data_connection", "on"), ("revision", "0")]),
        ("/sign-out".to_owned(), vec![]),
    ]
}

/// What could have changed, as far as somebody sees it.
fn state(client: &mut Client, app: &str) -> Vec<String> {
    ["/api/v1/me", "/api/v1/apps", "/api/v1/organisations", "/api/v1/me/tokens", "/api/v1/me/sessions"]
        .into_iter()
        .map(str::to_owned)
        .chain([
            format!("/api/v1/apps/{app}"),
            format!("/api/v1/apps/{app}/collaborators"),
            format!("/api/v1/apps/{app}/draft"),
        ])
        .map(|path| {
            let answer = client.get(&path).expect(200).json();
            // Times of use change by looking.
            let mut text = answer.to_string();
            if path.ends_with("/sessions") {
                text = answer["items"].as_array().unwrap().len().to_string();
            }
            text
        })
        .collect()
}

#[test]
fn forms_of_another_site_are_refused_and_change_nothing() {
    let portal = Portal::start();
    let mut victim = portal.person("Vic", "vic@new.example");
    let app = app(&mut victim, "Target");
    let mut thief = portal.person("Thief", "thief@new.example");
    let (own, foreign) = (victim.csrf("/account").unwrap(), thief.csrf("/account").unwrap());
    assert_ne!(own, foreign);
    let visitors = portal.server.client().csrf("/sign-in").unwrap();
    let before = state(&mut victim, &app);
    for (path, fields) in changes(&app) {
        for token in [None, Some(""), Some("x"), Some(foreign.as_str()), Some(visitors.as_str())] {
            let all: Vec<_> = fields.iter().copied().chain(token.map(|token| ("csrf", token))).collect();
            assert_eq!(victim.post_exactly(&path, &all).status, 403, "{path} with the token {token:?}");
        }
        let good = [fields.clone(), vec![("csrf", own.as_str())]].concat();
        let body = to_form(&good);
        for header in [
            ("Origin", "http://evil.example"),
            ("Origin", "null"),
            ("Origin", "https://127.0.0.1"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
        ] {
            let answer = victim.send("POST", &path, &[FORM, header], body.as_bytes());
            assert_eq!(answer.status, 403, "{path} with {header:?}");
        }
        for kind in ["text/plain", "multipart/form-data; boundary=x", "application/json"] {
            let answer = victim.send("POST", &path, &[("Content-Type", kind)], body.as_bytes());
            assert!([403, 415].contains(&answer.status), "{path} as {kind}: {}", answer.status);
        }
    }
    assert_eq!(state(&mut victim, &app), before);
}

#[test]
fn the_api_by_cookie_needs_the_token_in_a_header() {
    let portal = Portal::start();
    let mut victim = portal.person("Vic", "vic@new.example");
    let app = app(&mut victim, "Target");
    let before = state(&mut victim, &app);
    let json = ("Content-Type", "application/json");
    let requests = [
        ("POST", "/api/v1/apps".to_owned(), json!({"name": "Forged"})),
        ("PATCH", "/api/v1/me".to_owned(), json!({"name": "Forged"})),
        ("PATCH", format!("/api/v1/apps/{app}"), json!({"name": "Forged"})),
        ("DELETE", format!("/api/v1/apps/{app}"), json!(null)),
        ("POST", "/api/v1/calls".to_owned(), json!([])),
    ];
    for (method, path, body) in requests {
        let body = body.to_string();
        for headers in [&[json][..], &[json, ("X-CSRF-Token", "x")], &[("Content-Type", "text/plain")]] {
            let answer = victim.send(method, &path, headers, body.as_bytes());
            assert_eq!(answer.status, 403, "{method} {path} with {headers:?}");
        }
        let token = victim.csrf("/account").unwrap();
        let cross = [json, ("X-CSRF-Token", token.as_str()), ("Sec-Fetch-Site", "cross-site")];
        assert_eq!(victim.send(method, &path, &cross, body.as_bytes()).status, 403, "{method} {path} from elsewhere");
    }
    assert_eq!(state(&mut victim, &app), before);
}

#[test]
fn nobody_is_signed_in_by_a_form_of_another_site() {
    let portal = Portal::start();
    let _account = portal.person("Thief", "thief@new.example");
    let fields = [("email", "thief@new.example"), ("password", PASSWORD)];
    let mut victim = portal.server.client();
    assert_eq!(victim.post_exactly("/sign-in", &fields).status, 403);
    let token = victim.csrf("/sign-in").unwrap();
    let body = to_form(&[&fields[..], &[("csrf", token.as_str())]].concat());
    let answer = victim.send("POST", "/sign-in", &[FORM, ("Origin", "http://evil.example")], body.as_bytes());
    assert_eq!(answer.status, 403);
    assert!(victim.cookie("steadfast_session").is_none());
}
