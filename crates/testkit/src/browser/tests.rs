//! The browser against pages made for it: good ones, bad ones, and what is done to them.

use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use super::{Browser, Page, keys};
use crate::client::Client;
use crate::stub::Stub;

const PAGE: &str = r"<!doctype html><title>Page</title><style>
    body { height: 2000px; margin: 0 } h1 { margin: 0 }
    @media (prefers-color-scheme: dark) { body { background: rgb(1, 2, 3) } }
    </style><h1>Head</h1><ul><li>one<li>two</ul>
    <button onclick='document.title = `clicked`; console.error(`said`)'>Go</button><input>";

/// Width and height of a PNG.
fn size(file: &Path) -> (u32, u32) {
    let bytes = std::fs::read(file).unwrap();
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn a_page_is_read_clicked_typed_into_and_pictured() {
    let directory = TempDir::new().unwrap();
    let page = directory.path().join("page.html");
    std::fs::write(&page, PAGE).unwrap();
    let Some(browser) = Browser::start(375, 667, true) else { return };
    browser.goto(&format!("file://{}", page.display()));
    assert_eq!(browser.text("h1"), "Head");
    assert_eq!(browser.texts("li"), ["one", "two"]);
    assert_eq!(browser.evaluate("return [innerWidth, innerHeight, arguments[0]]", &[7.into()]), json!([375, 667, 7]));
    let background = "return getComputedStyle(document.body).backgroundColor";
    assert_eq!(browser.evaluate(background, &[]), "rgb(1, 2, 3)");
    browser.click("button");
    assert_eq!(browser.title(), "clicked");
    assert!(browser.console().iter().any(|line| line.contains("said")));
    browser.press(&format!("{}abc", keys::TAB));
    assert_eq!(browser.evaluate("return document.querySelector('input').value", &[]), "abc");
    let picture = directory.path().join("picture.png");
    browser.screenshot(&picture);
    assert_eq!(size(&picture), (375, 667));
    browser.screenshot_of_page(&picture);
    assert_eq!(size(&picture), (375, 2000));
    browser.prefer_dark(false);
    assert_ne!(browser.evaluate(background, &[]), "rgb(1, 2, 3)");
    assert!(!browser.overflows());
}

const GOOD: &str = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>
    <title>Good</title><style>:root { color-scheme: light dark } body { background: #fff; color: #111 }
    :focus-visible { outline: 2px solid } @media (prefers-color-scheme: dark) { body { background: #000; color: #eee } }
    input, button, select { min-height: 24px } </style><main><h1>Good</h1><form><label>Name <input name=name></label>
    <label>Role <select name=role><option>Developer<option>Admin</select></label>
    <label><input type=checkbox name=agree> I agree</label>
    <button>Save it</button></form><p><a href='/next'>Next page</a></main></html>";

const BAD: &str = "<!doctype html><html><title>Bad</title><style>body { color: #999; background: #fff }
    a { outline: none !important }</style><p id=a>Grey<p id=a style='width: 2000px'>Wide<input><a href='/x'>x</a>
    <main><p style='font-size: 5px'>tiny</main><script src='http://127.0.0.1:9/s.js'></script>
    <script>document.body.append(Object.assign(document.createElement('h2'), {innerText: 'Scripted'}))</script></html>";

fn pages() -> Stub {
    Stub::start(|request| {
        let page = if request.path == "/bad" { BAD } else { GOOD };
        let policy = "default-src 'none'; style-src 'unsafe-inline'";
        let headers = [("Content-Type", "text/html"), ("Content-Security-Policy", policy)];
        Stub::answer(200, if request.path == "/bad" { &headers[..1] } else { &headers }, page)
    })
}

#[test]
fn browser_holds_a_good_page_and_complains_of_a_bad_one() {
    let Some(browser) = Browser::start(1280, 900, false) else { return };
    let stub = pages();
    let url = |path: &str| format!("http://{}{path}", stub.address());
    Page::new(url("/good"), "testkit-good").hold(&browser);
    let complaints = Page::new(url("/bad"), "testkit-bad").of_most_bytes(100).complaints(&browser).join("\n");
    for words in [
        "scroll sideways",
        "loads from elsewhere: http://127.0.0.1:9/s.js",
        "the console says",
        "0 main headings",
        "1 texts too small",
        "the id \"a\" twice",
        "more than 100",
        "dark looks like light",
        "without scripts these are missing: [String(\"Scripted\")]",
    ] {
        assert!(complaints.contains(words), "{words}: {complaints}");
    }
    if browser.axe().is_some() {
        for rule in ["color-contrast", "html-has-lang", "label"] {
            assert!(complaints.contains(&format!("axe: {rule} (")), "{rule}: {complaints}");
        }
    }
}

#[test]
fn browser_downloads_files_and_takes_cookies_over() {
    let Some(browser) = Browser::start(1280, 900, false) else { return };
    let stub = Stub::start(|request| match request.path.as_str() {
        "/file" => Stub::answer(200, &[("Content-Disposition", "attachment; filename=\"calls.csv\"")], "a,b"),
        _ => {
            let cookies = request.header("cookie").unwrap_or("no cookies");
            let page = format!("<title>x</title><p>{cookies}</p><a href=/file>Download</a>");
            Stub::answer(200, &[("Content-Type", "text/html")], &page)
        }
    });
    let url = format!("http://{}/", stub.address());
    let mut client = Client::new(stub.address());
    client.set_cookie("sid", "abc");
    browser.become_client(&client);
    browser.goto(&url);
    assert_eq!(browser.text("p"), "sid=abc");
    let directory = tempfile::tempdir().unwrap();
    browser.download_into(directory.path());
    browser.enter("Download");
    let file = browser.downloaded(directory.path());
    assert_eq!(file.file_name().unwrap(), "calls.csv");
    assert_eq!(std::fs::read(file).unwrap(), b"a,b");
    browser.forget();
    browser.goto(&url);
    assert_eq!(browser.text("p"), "no cookies");
}

#[test]
fn browser_is_used_by_keyboard_alone() {
    let Some(browser) = Browser::start(1280, 900, false) else { return };
    let stub = pages();
    browser.goto(&format!("http://{}/good", stub.address()));
    let stops: Vec<String> = browser.tab_stops().iter().map(|stop| format!("{} {}", stop.role, stop.name)).collect();
    let expected = ["textbox Name", "combobox Role", "checkbox I agree", "button Save it", "link Next page"];
    assert_eq!(stops, expected);
    browser.type_into("Name", "first");
    browser.type_into("Name", "Röhre & Co");
    browser.choose("Role", "Admin");
    browser.tick("I agree");
    browser.press_holding(keys::SHIFT, keys::TAB);
    assert_eq!(browser.active_element().name, "Role");
    browser.enter("Save it");
    browser.wait_for_url("?name=R%C3%B6hre+%26+Co&role=Admin&agree=on");
    browser.tab_to_role("link", "Next page");
    browser.press(keys::ENTER);
    browser.wait_for_url("/next");
    browser.wait_for_text("Save it");
    browser.allow_scripts(false);
    browser.goto(&format!("http://{}/bad", stub.address()));
    assert_eq!(browser.count("h2"), 0);
    let shown = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| browser.tab_to("x")));
    let said = shown.unwrap_err().downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(said.contains("the focus can't be seen"), "{said}");
    browser.goto(&format!("http://{}/good", stub.address()));
    let shown = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| browser.enter("Nothing")));
    let said = shown.unwrap_err().downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(said.contains("link `Next page`"), "{said}");
}
