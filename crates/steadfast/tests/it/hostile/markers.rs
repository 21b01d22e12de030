//! Script in everything that people and programs write: it comes back as text, on every page.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::json;
use testkit::client::Client;
use testkit::encoding::{to_form, to_percent};
use testkit::html::{self, Form};
use testkit::http::Response;

use crate::cast::days_ago;
use crate::people::{OPERATOR, PASSWORD, Portal, app, token};

/// Ends an attribute and an element, and begins others.
const MARK: &str = "\"'><script>m4rk()</script><img src=x onerror=m4rk()>{{m4rk}}";

/// What must never stand in a page: the mark as it was written, in whole or in part.
const RAW: [&str; 5] = ["<script>m4rk", "<img src=x", "\"'>", "javascript:m4rk", "onerror=m4rk()>"];

/// How the mark begins where it is text.
const ESCAPED: &str = "&#60;script&#62;m4rk";

/// Forms that would end what is looked at, or whose fields are secrets and not shown.
const LEFT_OUT: [&str; 13] = [
    "/sign-out",
    "/delete",
    "/leave",
    "/remove",
    "/revoke",
    "/end",
    "/end-others",
    "/withdraw",
    "/shut",
    "/off",
    "/second-factor",
    "/recovery-codes",
    "/role",
];

/// More pages than there are: a crawl that goes on is lost.
const MOST_PAGES: usize = 400;

fn check(what: &str, answer: &Response) {
    assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.text());
    let is_page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    let page = if is_page { answer.text() } else { String::new() };
    for raw in RAW {
        if let Some(at) = page.find(raw) {
            let around: String = page[page.floor_char_boundary(at.saturating_sub(200))..].chars().take(400).collect();
            panic!("{what}: `{raw}` stands in the page as it was written: {around}");
        }
    }
    for name in ["location", "set-cookie", "content-disposition"] {
        assert!(!answer.all(name).join("").contains('<'), "{what}: {name}: {:?}", answer.all(name));
    }
}

/// All pages that links lead to; of those that differ in what follows the `?` alone, one.
fn crawl(client: &mut Client) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let mut open: VecDeque<String> =
        ["/", "/platform", "/account", "/organisations", "/invitations"].map(str::to_owned).into();
    let mut known: BTreeSet<String> = BTreeSet::new();
    while let Some(path) = open.pop_front() {
        let plain = path.split(['?', '#']).next().unwrap().to_owned();
        let is_narrowed = path.contains('?');
        if !known.insert(format!("{plain}{is_narrowed}")) || plain.starts_with("/api/") || plain.starts_with("/assets/")
        {
            continue;
        }
        let answer = client.visit(path.split('#').next().unwrap());
        check(&path, &answer);
        let page = answer.text();
        open.extend(html::links(&page).into_iter().filter(|link| link.starts_with('/')));
        pages.insert(path, page);
        assert!(pages.len() < MOST_PAGES, "{:?}", pages.keys());
    }
    pages
}

/// The forms of pages, each with the page that it is on.
fn forms(pages: &BTreeMap<String, String>) -> BTreeMap<(String, String), String> {
    let mut forms = BTreeMap::new();
    for (path, page) in pages {
        for form in html::forms(page) {
            let action = if form.action.is_empty() { path.clone() } else { form.action.clone() };
            let plain = action.split('?').next().unwrap().to_owned();
            if !LEFT_OUT.iter().any(|end| plain.ends_with(end)) && !form.texts.is_empty() {
                forms.entry((form.method, plain)).or_insert_with(|| path.clone());
            }
        }
    }
    forms
}

/// Something that a field takes.
fn plausible(name: &str, number: usize) -> String {
    match name {
        "email" => format!("f{number}@new.example"),
        "app" => "wandering-crane".to_owned(),
        name if name.contains("url") => "https://plain.example/x".to_owned(),
        _ => format!("Plain {number}"),
    }
}

/// Sends a form with the mark in one of its fields, or in all.
fn send(client: &mut Client, page: &str, key: &(String, String), marked: Option<&str>, number: usize) {
    let text = client.visit(page).text();
    let is_it = |form: &Form| {
        form.method == key.0 && (form.action.split('?').next().unwrap() == key.1 || form.action.is_empty())
    };
    let Some(form) = html::forms(&text).into_iter().find(is_it) else { return };
    let value = |name: &str, value: &str| match marked {
        _ if !form.texts.iter().any(|text| text == name) => value.to_owned(),
        Some(marked) if marked != name => {
            if value.is_empty() || value.contains("m4rk") {
                plausible(name, number)
            } else {
                value.to_owned()
            }
        }
        _ => MARK.to_owned(),
    };
    let mut fields: Vec<(String, String)> =
        form.fields.iter().map(|(name, old)| (name.clone(), value(name, old))).collect();
    // Boxes are ticked, so that what depends on them is taken.
    for name in form.names.iter().filter(|name| form.value(name).is_none()) {
        fields.push((name.clone(), "on".to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let what = format!("{} {} with the mark in {marked:?}", key.0, key.1);
    let answer = if key.0 == "post" {
        client.post_exactly(&key.1, &fields)
    } else {
        client.get(&format!("{}?{}", key.1, to_form(&fields)))
    };
    check(&what, &answer);
    if answer.redirect().is_some() {
        check(&what, &client.follow(answer));
    }
}

fn fill_in_everything(client: &mut Client, pages: &BTreeMap<String, String>) -> usize {
    let forms = forms(pages);
    let mut sent = 0;
    for (key, page) in &forms {
        let texts = html::forms(&pages[page]).into_iter().find(|form| form.action.split('?').next() == Some(&key.1));
        let texts = texts.map(|form| form.texts).unwrap_or_default();
        for marked in std::iter::once(None).chain(texts.iter().take(12).map(|name| Some(name.as_str()))) {
            sent += 1;
            send(client, page, key, marked, sent);
        }
    }
    sent
}

/// Calls whose every text is the mark.
fn hostile_calls() -> String {
    let call = |day: i64| {
        let time = format!("{}T12:00:00Z", days_ago(day));
        let path = format!("/rest/{MARK}/x");
        json!({"time": time, "app": MARK, "environment": "production", "method": "GET", "path": path, "status": 403,
            "company_header": MARK, "user_agent": MARK})
        .to_string()
    };
    (1..4).map(|day| format!("{}\n", call(day)).repeat(60)).collect()
}

#[test]
fn script_that_anybody_writes_anywhere_comes_back_as_text_on_every_page() {
    let portal = Portal::start();
    let mut operator = portal.operator();
    let sender = token(&mut operator, &["calls:write"]);
    let kind = [("Content-Type", "application/x-ndjson")];
    let sent =
        portal.server.client().with_token(&sender).send("POST", "/api/v1/calls", &kind, hostile_calls().as_bytes());
    assert_eq!(sent.expect(200).json()["rejected"], 0);
    let own = app(&mut operator, MARK);
    operator.fill_in(&format!("/apps/{own}/components"), &[("data_connection", "on")]).expect(200);
    // Who signs in names their browser.
    let mut browser = portal.server.client().with_header("User-Agent", MARK);
    browser.fill_in("/sign-in", &[("email", OPERATOR), ("password", PASSWORD)]).expect(200);

    let pages = crawl(&mut operator);
    let sent = fill_in_everything(&mut operator, &pages);
    assert!(sent > 60, "only {sent} forms were sent");
    let pages = crawl(&mut operator);
    let marked: Vec<&String> = pages.iter().filter(|(_, page)| page.contains(ESCAPED)).map(|(path, _)| path).collect();
    assert!(marked.len() > 30, "the mark is on few pages: {marked:?}");
    for path in ["/platform", "/platform/audit", "/platform/people", "/account/sessions", "/organisations"] {
        assert!(marked.iter().any(|marked| *marked == path), "the mark is not on {path}: {marked:?}");
    }
    let app = format!("/apps/{}", to_percent(MARK));
    for page in ["/health", "/activity"] {
        assert!(marked.iter().any(|marked| **marked == format!("{app}{page}")), "{page}: {marked:?}");
    }
}

#[test]
fn script_in_addresses_comes_back_as_text() {
    let portal = Portal::start();
    let mut operator = portal.operator();
    let mark = to_percent(MARK);
    let mut stranger = portal.server.client();
    for path in [
        format!("/{mark}"),
        format!("/apps/{mark}"),
        format!("/apps/{mark}/health"),
        format!("/organisations/{mark}"),
        format!("/invitations/{mark}"),
        format!("/platform/people/{mark}"),
        format!("/platform/claims/{mark}"),
        format!("/platform/people?q={mark}"),
        format!("/platform/audit?who={mark}&action={mark}&target={mark}"),
        format!("/platform/deprecated/route?method=GET&route={mark}"),
        format!("/platform/private/route?method={mark}&route={mark}"),
        format!("/?q={mark}&status={mark}&sort={mark}"),
        format!("/?as_of={mark}"),
        format!("/?done={mark}"),
        format!("/?{mark}=1"),
        format!("/sign-in?next={mark}"),
        format!("/sign-in?next=/{mark}"),
        format!("/sign-up?next={mark}"),
        format!("/verify?token={mark}"),
        format!("/reset?token={mark}"),
        format!("/first-operator?token={mark}"),
        format!("/sign-in/provider/{mark}"),
        format!("/api/v1/apps/{mark}"),
        format!("/api/v1/{mark}"),
        format!("/assets/{mark}/{mark}"),
    ] {
        for client in [&mut stranger, &mut operator] {
            let answer = client.get(&path);
            check(&path, &answer);
            check(&path, &client.follow(answer));
        }
    }
}

#[test]
fn script_that_strangers_write_comes_back_as_text() {
    let portal = Portal::start();
    let mut stranger = portal.server.client();
    let doors = ["/sign-up", "/sign-in", "/forgot", "/verify/again"];
    let pages = doors.map(|path| (path.to_owned(), stranger.get(path).text()));
    let sent = fill_in_everything(&mut stranger, &BTreeMap::from(pages));
    assert!(sent >= 8, "{sent}");
    for mail in portal.mails.all() {
        assert!(!mail.html.contains("<script>m4rk"), "{}", mail.html);
    }
}
