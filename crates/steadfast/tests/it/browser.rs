//! The portal in a real browser: large and small, light and dark, by mouse and by keyboard.

use std::path::{Path, PathBuf};

use testkit::browser::{Browser, keys};
use testkit::program::Server;

use crate::cast::{Call, program};

/// Window sizes: a laptop's, a phone's.
const SIZES: [(u32, u32); 2] = [(1280, 900), (375, 812)];

/// The busiest app of the demonstration.
const BUSIEST: &str = "/apps/quarrystone-ledger/health";

/// Where pictures are kept for people to look at: `target/screenshots`.
fn pictures() -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("screenshots");
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

/// Opens a page in every size and both colours, saves its picture, and checks what must hold for every page.
fn look_at(browser: &Browser, server: &Server, path: &str, name: &str) {
    let mut backgrounds = Vec::new();
    for (width, height) in SIZES {
        for dark in [false, true] {
            let looks = format!("{name}-{width}-{}", if dark { "dark" } else { "light" });
            browser.resize(width, height);
            browser.prefer_dark(dark);
            browser.goto(&server.url(path));
            browser.screenshot_of_page(&pictures().join(format!("{looks}.png")));
            assert!(!browser.overflows(), "{looks}: one has to scroll sideways");
            assert_eq!(complaints(browser), Vec::<String>::new(), "{looks}: the console");
            assert_eq!(browser.count("h1"), 1, "{looks}: one main heading");
            assert_eq!(browser.evaluate(SMALL_TEXT, &[]), 0, "{looks}: texts too small to read");
            backgrounds.push((dark, background(browser)));
        }
    }
    let of = |dark: bool| backgrounds.iter().find(|(one, _)| *one == dark).map(|(_, colours)| colours);
    assert_ne!(of(false), of(true), "{name}: dark looks like light");
}

/// What the console says, but that the page itself is an answer 404, where that is what was asked for.
fn complaints(browser: &Browser) -> Vec<String> {
    let expected = format!("{} - Failed to load resource: the server responded with a status of 404", browser.url());
    browser.console().into_iter().filter(|line| !line.starts_with(&expected)).collect()
}

/// How many elements have text of their own that is smaller than 10 pixels, without those for screen readers.
const SMALL_TEXT: &str = "return [...document.querySelectorAll('main *')].filter(element =>
    [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '')
    && parseFloat(getComputedStyle(element).fontSize) < 10).length";

fn background(browser: &Browser) -> String {
    let colours = "return [document.documentElement, document.body].map(e => getComputedStyle(e).backgroundColor)";
    browser.evaluate(colours, &[]).to_string()
}

/// The texts that can be seen, with white space made even.
fn visible(browser: &Browser, selector: &str) -> String {
    browser.texts(selector).join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn browser_shows_the_demonstration() {
    let Some(browser) = Browser::start(1280, 900, false) else { return };
    let program = program();
    let server = program.serve(&["demo", "--listen", "127.0.0.1:0", "--data", "data"]);
    look_at(&browser, &server, "/", "apps");
    look_at(&browser, &server, BUSIEST, "health");
    look_at(&browser, &server, &format!("{BUSIEST}/deprecated_endpoint/routes"), "routes");
    look_at(&browser, &server, "/rules", "rules");
    look_at(&browser, &server, "/apps/lanternfish-reports/health", "no-traffic");
    assert!(visible(&browser, "main").contains("No API traffic yet"));
    look_at(&browser, &server, "/no/such/page", "fault");

    browser.prefer_dark(false);
    for (width, height) in SIZES {
        browser.resize(width, height);
        apps_lead_to_health(&browser, &server);
        health_says_what_is_wrong(&browser, &server);
        a_row_opens_by_keyboard(&browser, &server);
    }
}

fn apps_lead_to_health(browser: &Browser, server: &Server) {
    browser.goto(&server.url("/"));
    let statuses = visible(browser, "main .status");
    for words in ["Needs Attention", "Review Recommended", "Healthy", "No API traffic yet"] {
        assert!(statuses.contains(words), "{words}: {statuses}");
    }
    browser.click(&format!("a[href='{BUSIEST}']"));
    assert_eq!(browser.url(), server.url(BUSIEST));
    assert!(browser.title().contains("Quarrystone Ledger"), "{}", browser.title());
}

fn health_says_what_is_wrong(browser: &Browser, server: &Server) {
    browser.goto(&server.url(BUSIEST));
    assert_eq!(browser.count("details.row"), 7);
    let rows = browser.texts("details.row > summary");
    let row = |title: &str| rows.iter().find(|row| row.contains(title)).unwrap();
    assert!(row("401 Unauthorized").contains("Needs Attention"), "{rows:?}");
    assert!(row("Deprecated Endpoint").contains("Review Recommended"), "{rows:?}");
    assert!(row("403 Forbidden").contains("Healthy"), "{rows:?}");
    let link = browser.evaluate("return document.querySelector('a[download]').getAttribute('href')", &[]);
    assert_eq!(link, "/api/v1/apps/quarrystone-ledger/activity.csv");
    let csv = server.get(link.as_str().unwrap());
    assert!(csv.text().starts_with("Date,Response Code,HTTP Method,Normalized Route,Count\r\n"));
}

fn a_row_opens_by_keyboard(browser: &Browser, server: &Server) {
    browser.goto(&server.url(BUSIEST));
    // The row of 403, which is Healthy, is closed at first.
    let state = "const row = document.getElementById('forbidden').closest('details');
        return [row.open, document.activeElement === row.querySelector('summary')]";
    assert_eq!(browser.evaluate(state, &[]), serde_json::json!([false, false]));
    let reached = (0..60).find(|_| {
        browser.press(keys::TAB);
        browser.evaluate(state, &[])[1] == true
    });
    assert!(reached.is_some(), "Tab does not lead to the row");
    let outline = "const style = getComputedStyle(document.activeElement);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none'";
    assert_eq!(browser.evaluate(outline, &[]), true, "the focus can't be seen");
    browser.press(keys::ENTER);
    assert_eq!(browser.evaluate(state, &[])[0], true, "Enter does not open the row");
    let detail = visible(browser, "#forbidden");
    for words in ["What it means", "How to resolve", "Daily history"] {
        assert!(detail.contains(words), "{words}: {detail}");
    }
    assert!(!browser.overflows(), "the open row has to be scrolled sideways");
    browser.press(keys::ENTER);
    assert_eq!(browser.evaluate(state, &[])[0], false, "Enter does not close the row");
}

#[test]
fn browser_shows_an_empty_installation() {
    let Some(browser) = Browser::start(1280, 900, false) else { return };
    let program = program();
    let server = program.serve(&["serve", "--listen", "127.0.0.1:0"]);
    look_at(&browser, &server, "/", "empty");
    let page = visible(&browser, "main");
    assert!(page.contains("steadfast catalog import") && page.contains("steadfast ingest"), "{page}");
}

/// An app whose id and routes are as long and as strange as they may be.
#[test]
fn browser_shows_long_and_hostile_names_as_text() {
    let Some(browser) = Browser::start(1280, 900, false) else { return };
    let program = program();
    let app = format!("<script>document.title='run'</script><img src=x onerror=alert(1)>{}", "x".repeat(130));
    let path = format!("/<b>bold</b>/\"onmouseover=alert(1)/{}", "long.".repeat(60));
    let calls = Call { app: &app, path: &path, status: 403, ..Call::default() };
    program.write("calls.ndjson", calls.lines(200));
    let _counted = program.run(&["ingest", "calls.ndjson"]).succeeded();
    let server = program.serve(&["serve", "--listen", "127.0.0.1:0"]);
    look_at(&browser, &server, "/", "hostile-apps");
    assert!(browser.texts("main th").iter().any(|text| text.contains("<script>")), "{:?}", browser.texts("main th"));
    let link = browser.evaluate("return document.querySelector('main tbody a').getAttribute('href')", &[]);
    look_at(&browser, &server, link.as_str().unwrap(), "hostile-health");
    assert_eq!(browser.count("main script, main img, main b b"), 0);
    assert!(browser.title().contains("<script>"), "{}", browser.title());
}
