//! What people and programs prove themselves with lies nowhere: not in the data directory, not in what the program says.

use testkit::client::Client;
use testkit::html;
use testkit::nowhere::assert_nowhere;

use crate::cast::Call;
use crate::people::{OPERATOR, PASSWORD, Portal, SCOPES, app, code, shown, sign_in, token};

const PERSON: &str = "pia@roofworks.example";
const NEW_PASSWORD: &str = "eleven blue lanterns hum";
const THIRD_PASSWORD: &str = "forty grey herons wade";

#[test]
fn no_secret_lies_in_the_data_directory_or_is_told_by_the_program() {
    let mut portal = Portal::start();
    let mut secrets: Vec<String> =
        [PASSWORD, NEW_PASSWORD, THIRD_PASSWORD, "wrong password here"].map(str::to_owned).into();
    secrets.push(carried(&portal.first_link));
    let mut operator = portal.operator();
    let operators_token = token(&mut operator, &SCOPES);
    portal.server.client().with_token(&operators_token).get("/api/v1/me").expect(200);
    secrets.push(operators_token);

    secrets.extend(tokens_of_sources(&portal, &mut operator));

    let mut person = portal.person("Pia Panel", PERSON);
    secrets.extend(an_apps_secrets(&portal, &mut person));
    secrets.extend(an_organisations_token(&mut person));
    secrets.extend(a_second_factor(&portal, &mut person));
    secrets.extend(a_new_password(&portal, &mut person));
    let mut wrong = portal.server.client();
    wrong.fill_in("/sign-in", &[("email", OPERATOR), ("password", "wrong password here")]).expect(422);
    secrets.extend(portal.mails.all().iter().flat_map(|mail| mail.links()).map(|link| carried(&link)));
    for client in [operator, person, wrong] {
        secrets.extend(client.secrets());
    }
    secrets.retain(|secret| secret.len() >= 6);
    secrets.sort();
    secrets.dedup();
    assert!(secrets.len() > 30, "too few secrets were used: {}", secrets.len());

    // While it runs, and when it has ended and written everything.
    assert_nowhere(&portal.program.data(), &secrets);
    portal.server.running().terminate();
    assert_eq!(portal.server.running().exit(std::time::Duration::from_secs(60)), Some(true));
    assert_nowhere(&portal.program.data(), &secrets);
    let log = tempfile::tempdir().unwrap();
    // It tells the link for the first operator, and has to.
    let said: Vec<String> = portal
        .server
        .running()
        .output()
        .lines()
        .filter(|line| !line.contains("/first-operator?token="))
        .map(str::to_owned)
        .collect();
    std::fs::write(log.path().join("output"), said.join("\n")).unwrap();
    assert_nowhere(log.path(), &secrets);
}

/// What a link carries: its parameter `token`, or its last segment.
fn carried(link: &str) -> String {
    match link.split_once("token=") {
        Some((_, rest)) => rest.split('&').next().unwrap().to_owned(),
        None if link.contains("/invitations/") => link.rsplit('/').next().unwrap().to_owned(),
        None => String::new(),
    }
}

/// Client secrets of both environments, two of one; and an invitation.
fn an_apps_secrets(portal: &Portal, person: &mut Client) -> Vec<String> {
    let app = app(person, "Secretive");
    person.fill_in(&format!("/apps/{app}/components"), &[("data_connection", "on")]).expect(200);
    person.fill_in(&format!("/apps/{app}/versions"), &[("number", "1.0.0")]).expect(200);
    let page = person.get(&format!("/apps/{app}/versions")).text();
    let version = html::links(&page).into_iter().find(|link| link.contains("/versions/")).unwrap();
    person.fill_in(&version, &[("release_notes", "First.")]).expect(200);
    let made = ["sandbox", "sandbox", "production"].map(|environment| {
        let path = format!("/apps/{app}/credentials/{environment}/secrets");
        shown(&person.post_form(&path, &[("overlap", "day")]).expect(200), "client-secret")
    });
    assert!(made.iter().all(|secret| secret.starts_with("stf_cs_")), "{made:?}");
    person
        .fill_in(&format!("/apps/{app}/collaborators"), &[("email", "kim@new.example"), ("role", "admin")])
        .expect(200);
    let link = portal.mails.last_to("kim@new.example").link();
    let mut kim = portal.server.client();
    kim.open(&link).expect(200);
    let path = format!("/api/v1/apps/{app}/credentials/sandbox/secrets");
    assert_eq!(person.post_json(&path, &serde_json::json!({})).status, 409, "two secrets are the most");
    made.into()
}

/// Made on a page and at the command line, and used.
fn tokens_of_sources(portal: &Portal, operator: &mut Client) -> Vec<String> {
    let page = operator.fill_in("/platform/sources/tokens/new", &[("source", "kong")]).expect(200);
    let made = [
        shown(&page, "token"),
        portal.program.run(&["sources", "token", "add", "edge"]).succeeded().stdout().trim().to_owned(),
    ];
    for token in &made {
        assert!(token.starts_with("stf_s_"), "{token}");
        let kind = [("Content-Type", "application/x-ndjson")];
        let calls = Call::default().lines(1);
        let mut gateway = portal.server.client().with_token(token);
        gateway.send("POST", "/api/v1/calls", &kind, calls.as_bytes()).expect(200);
    }
    made.into()
}

fn an_organisations_token(person: &mut Client) -> Vec<String> {
    let organisations = person.get("/api/v1/organisations").expect(200).json();
    let id = organisations["items"][0]["id"].as_str().unwrap();
    let new = [("name", "export"), ("scopes", "apps:read")];
    let made = shown(&person.fill_in(&format!("/organisations/{id}/tokens/new"), &new).expect(200), "token");
    assert!(made.starts_with("stf_o_"), "{made}");
    vec![made]
}

/// The secret of the authenticator app, codes of it, and codes for recovery, one of them used.
fn a_second_factor(portal: &Portal, person: &mut Client) -> Vec<String> {
    let page = person.visit("/account/security/second-factor").expect(200);
    let text = shown(&page, "totp-text");
    let sealed = html::field(&page.text(), "sealed").unwrap();
    let now = code(&text);
    let page = person.post_form("/account/security/second-factor", &[("sealed", &sealed), ("code", &now)]).expect(200);
    let codes: Vec<String> = shown(&page, "codes").lines().map(|line| line.trim().to_owned()).collect();
    assert_eq!(codes.len(), 10, "{codes:?}");
    let mut again = portal.server.client();
    let page = again.fill_in("/sign-in", &[("email", PERSON), ("password", PASSWORD)]).expect(200);
    let state = html::field(&page.text(), "state").unwrap();
    let page = again.post_form("/sign-in/code", &[("state", &state), ("code", &codes[0])]);
    assert_eq!(page.status, 303, "{}", page.text());
    let unspaced: String = text.split_whitespace().collect();
    let bare = codes.iter().map(|code| code.replace('-', "")).collect::<Vec<_>>();
    codes.into_iter().chain(bare).chain([text, unspaced, state]).chain(again.secrets()).collect()
}

/// A password is changed, then forgotten and set by a link.
fn a_new_password(portal: &Portal, person: &mut Client) -> Vec<String> {
    person.fill_in("/account/security", &[("present", PASSWORD), ("password", NEW_PASSWORD)]).expect(200);
    let mut forgetful = portal.server.client();
    forgetful.fill_in("/forgot", &[("email", PERSON)]).expect(200);
    let reset = || {
        portal
            .mails
            .to(PERSON)
            .iter()
            .map(|mail| mail.links())
            .find_map(|links| links.into_iter().find(|link| link.contains("/reset?")))
    };
    let link = testkit::patience::retry(std::time::Duration::from_secs(10), reset).unwrap();
    let path = forgetful.path_of(&link);
    forgetful.fill_in(&path, &[("password", THIRD_PASSWORD)]).expect(200);
    let mut others = forgetful.secrets();
    let mut old = portal.server.client();
    old.fill_in("/sign-in", &[("email", PERSON), ("password", NEW_PASSWORD)]).expect(422);
    others.extend(old.secrets());
    let signed_in = sign_in(&portal.server, OPERATOR, PASSWORD);
    others.extend(signed_in.secrets());
    others
}
