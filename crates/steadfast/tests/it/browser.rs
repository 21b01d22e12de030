//! The portal in a real browser: large and small, light and dark, by mouse and by keyboard.

use testkit::browser::{Browser, keys};
use testkit::program::Server;

use crate::cast::{Call, program};
use crate::people::{DEMO_OPERATOR, DEMO_PASSWORD, Portal, sign_in};

/// The busiest app of the demonstration.
const BUSIEST: &str = "/apps/quarrystone-ledger/health";

/// Window sizes: a laptop's, a phone's.
const SIZES: [(u32, u32); 2] = [(1280, 900), (375, 812)];

/// The texts that can be seen, with white space made even.
fn visible(browser: &Browser, selector: &str) -> String {
    browser.texts(selector).join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn browser_shows_the_demonstration() {
    let Some(browser) = Browser::start(1280, 900, false) else { return };
    let program = program();
    let server = program.serve(&["demo", "--listen", "127.0.0.1:0", "--data", "data"]);
    browser.become_client(&sign_in(&server, DEMO_OPERATOR, DEMO_PASSWORD));
    for (width, height) in SIZES {
        browser.resize(width, height);
        apps_lead_to_health(&browser, &server);
        health_says_what_is_wrong(&browser, &server);
        a_row_opens_by_keyboard(&browser, &server);
    }
}

fn apps_lead_to_health(browser: &Browser, server: &Server) {
    browser.goto(&server.url("/platform"));
    let statuses = visible(browser, "main .status");
    for words in ["Needs Attention", "Review Recommended", "Healthy", "No API traffic yet"] {
        assert!(statuses.contains(words), "{words}: {statuses}");
    }
    browser.click("a[href='/apps/quarrystone-ledger']");
    browser.click(&format!("nav.side a[href='{BUSIEST}']"));
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
    let portal = Portal::start_on(program);
    browser.become_client(&portal.operator());
    browser.goto(&portal.server.url("/platform"));
    assert!(browser.texts("main th").iter().any(|text| text.contains("<script>")), "{:?}", browser.texts("main th"));
    let link = browser.evaluate("return document.querySelector('main tbody a').getAttribute('href')", &[]);
    let app = link.as_str().unwrap().trim_end_matches("/health");
    for (page, name) in [("/health", "health"), ("/activity", "activity"), ("", "overview")] {
        browser.hold_page(&portal.server.url(&format!("{app}{page}")), &format!("hostile-{name}"));
        assert_eq!(browser.count("main script, main img, main b b"), 0);
        assert!(browser.title().contains("<script>"), "{}", browser.title());
    }
}
