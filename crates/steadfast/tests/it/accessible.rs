//! What must hold for every page of the portal: axe-core finds nothing, in any colours and on any window; nothing comes
//! from elsewhere; little is loaded; scripts are not needed; the keyboard is enough. With much data, and with none.

mod scene;
mod shown_once;
mod visits;

use std::collections::BTreeSet;

use testkit::browser::{Browser, Page};

use scene::{Scene, Who};
use visits::{NOT_PAGES, VISITS};

/// The routes of the portal and who may use them.
const TABLE: &str = include_str!("../../../portal/access.table");

#[test]
fn every_page_of_the_portal_is_looked_at() {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    let pages = rows.filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("GET")).then(|| words.next())?.filter(|route| !route.starts_with("/api/"))
    });
    let pages: BTreeSet<&str> = pages.filter(|route| !NOT_PAGES.contains(route)).collect();
    let visited: BTreeSet<&str> = VISITS
        .iter()
        .filter(|visit| visit.when != "empty")
        .map(|visit| visit.route.split('?').next().unwrap())
        .collect();
    let missing: Vec<&&str> = pages.difference(&visited).collect();
    assert!(missing.is_empty(), "add these pages to `visits.rs`: {missing:?}");
}

/// Looks at all pages of a part.
fn look_at(part: &str, scene: &Scene) {
    let Some(browser) = Browser::start(1280, 900, false) else { return };
    let mut complaints: Vec<String> = Vec::new();
    let mut looking = None;
    for visit in VISITS.iter().filter(|visit| visit.when == part) {
        if looking != Some(visit.who) {
            scene.become_somebody(&browser, visit.who);
            looking = Some(visit.who);
        }
        let Some(path) = scene.path(visit.route) else {
            complaints.push(format!("{}: nothing in the scene is there", visit.route));
            continue;
        };
        let name = format!("{part}{}", visit.route.replace(['/', '{', '}', '?', '='], "-"));
        let url = scene.server.url(&path);
        complaints.extend(Page::new(url.as_str(), &name).complaints(&browser));
        let seen = browser.evaluate("return performance.getEntriesByType('navigation')[0].responseStatus", &[]);
        if seen != visit.status {
            complaints.push(format!("{name}: answers {seen}, not {}", visit.status));
        }
        if browser.url() != url {
            complaints.push(format!("{name}: {path} leads to {}", browser.url()));
        }
        if visit.who == Who::Owner && browser.tab_stops().is_empty() {
            complaints.push(format!("{name}: Tab leads nowhere"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn browser_finds_the_pages_of_accounts_accessible() {
    look_at("accounts", &Scene::of_accounts());
}

#[test]
fn browser_finds_the_pages_of_apps_accessible() {
    look_at("apps", &Scene::of_apps());
}

#[test]
fn browser_finds_the_pages_of_the_platform_accessible() {
    look_at("platform", &Scene::of_platform());
}

#[test]
fn browser_finds_pages_without_data_accessible() {
    look_at("empty", &Scene::empty());
}
