//! `steadfast demo`: every story comes true, every page is there, and no directory of anybody else's is touched.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use testkit::client::Client;
use testkit::program::{Program, Server};

use crate::cast::program;
use crate::people::{DEMO_OPERATOR, DEMO_PASSWORD, sign_in};

/// An app, its status, and its observations that are not Healthy with theirs.
type Story = (&'static str, Option<&'static str>, &'static [(&'static str, &'static str)]);

/// What docs/demo.md promises.
const STORIES: [Story; 15] = [
    (
        "quarrystone-ledger",
        Some("needs_attention"),
        &[("unauthorized", "needs_attention"), ("deprecated_endpoint", "review_recommended")],
    ),
    ("pulsegrid-dashboards", Some("needs_attention"), &[("rate_limited", "needs_attention")]),
    ("clearspan-inspections", Some("healthy"), &[]),
    ("oldharbor-mirror", Some("review_recommended"), &[("not_found", "review_recommended")]),
    ("nightshift-payroll", Some("needs_attention"), &[("missing_company_header", "needs_attention")]),
    ("brightwick-models", Some("review_recommended"), &[("private_endpoint", "review_recommended")]),
    ("marrow-fieldnotes", Some("needs_attention"), &[("forbidden", "needs_attention")]),
    ("ferrous-schedule", Some("review_recommended"), &[("not_found", "review_recommended")]),
    ("tallyhouse-export", Some("review_recommended"), &[("deprecated_endpoint", "review_recommended")]),
    ("gatehouse-access", Some("needs_attention"), &[("forbidden", "needs_attention")]),
    ("kindling-estimates", Some("healthy"), &[]),
    ("lanternfish-reports", None, &[]),
    ("sitecam-batch", Some("needs_attention"), &[("deprecated_endpoint", "needs_attention")]),
    ("takeoff-prototype", Some("healthy"), &[]),
    ("unidentified", Some("needs_attention"), &[("not_found", "needs_attention"), ("unauthorized", "needs_attention")]),
];

/// More pages than the demonstration has: a crawl that goes on is lost.
const MOST_PAGES: usize = 600;

fn demo(program: &Program) -> Server {
    program.serve(&["demo", "--listen", "127.0.0.1:0", "--data", "data"])
}

#[test]
fn the_demonstration_tells_its_stories_on_pages_that_are_all_there() {
    let program = program();
    let mut first = demo(&program);
    check_stories(&program);
    check_people(&first);
    let mut operator = sign_in(&first, DEMO_OPERATOR, DEMO_PASSWORD);
    check_pages(&mut operator);
    check_reports(&program, &mut operator);
    check_catalog(&program);
    check_rejects(&program);

    first.running().terminate();
    assert_eq!(first.running().exit(Duration::from_secs(60)), Some(true), "{}", first.running().output());
    let second = demo(&program);
    check_stories(&program);
    assert_eq!(sign_in(&second, DEMO_OPERATOR, DEMO_PASSWORD).get("/").status, 200);
}

/// It says how to sign in, on the terminal and on the page that shows its mail.
fn check_people(server: &Server) {
    let page = server.get("/demo").text();
    for email in [DEMO_OPERATOR, "reza@plotline.example", "aki@plotline.example", "dana@fieldwork.example"] {
        assert!(page.contains(email), "{email}: {page}");
    }
    assert!(page.contains(DEMO_PASSWORD), "{page}");
    let mut stranger = server.client();
    let reset = "greta@girder.example";
    stranger.fill_in("/forgot", &[("email", reset)]).expect(200);
    let shown = || server.get("/demo").text().contains("/reset?token=").then_some(());
    assert!(testkit::patience::retry(Duration::from_secs(10), shown).is_some(), "no mail to {reset} is shown");
}

fn check_stories(program: &Program) {
    let apps = program.run(&["apps", "--format", "json"]).json();
    let found: BTreeSet<&str> =
        apps["apps"].as_array().unwrap().iter().map(|app| app["id"].as_str().unwrap()).collect();
    assert_eq!(found, STORIES.iter().map(|(app, _, _)| *app).collect());
    for (app, status, troubles) in STORIES {
        let health = program.run(&["health", app, "--format", "json"]).json();
        assert_eq!(health["status"].as_str(), status, "{app}: {health}");
        let observations = health["observations"].as_array().unwrap();
        assert_eq!(observations.len(), if status.is_some() { 7 } else { 0 }, "{app}");
        let told: BTreeMap<&str, &str> = observations
            .iter()
            .map(|observation| (observation["key"].as_str().unwrap(), observation["status"].as_str().unwrap()))
            .filter(|(_, status)| *status != "healthy")
            .collect();
        assert_eq!(told, troubles.iter().copied().collect(), "{app}");
    }
}

/// Follows every link from the first page; of those that differ in what follows the `?` alone, one.
fn check_pages(operator: &mut Client) {
    let mut pages: BTreeMap<String, String> = BTreeMap::new();
    let mut open = VecDeque::from(["/".to_owned(), "/demo".to_owned()]);
    let mut narrowed: BTreeSet<String> = BTreeSet::new();
    while let Some(path) = open.pop_front() {
        let is_known = match path.split_once('?') {
            Some((plain, _)) => !narrowed.insert(plain.to_owned()),
            None => pages.contains_key(&path),
        };
        if is_known {
            continue;
        }
        let answer = operator.visit(&path);
        // An organisation keeps its last Admin.
        let asks = ["/leave", "/remove"].iter().any(|end| path.ends_with(end));
        let is_good = answer.status == 200 || asks && answer.status == 409;
        assert!(is_good, "{path}: {} {}", answer.status, answer.text());
        let page = answer.text();
        let is_page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        if is_page {
            open.extend(links(&page).filter(|link| link.starts_with('/')));
        }
        pages.insert(path, if is_page { page } else { String::new() });
        assert!(pages.len() < MOST_PAGES, "{:?}", pages.keys().collect::<Vec<_>>());
    }
    for (app, status, troubles) in STORIES {
        check_health_page(&pages[&format!("/apps/{app}/health")], app, status, troubles);
        assert!(pages.contains_key(&format!("/api/v1/apps/{app}/health")), "{app}: no link to the JSON");
        assert!(pages.contains_key(&format!("/apps/{app}/activity")), "{app}: no link to its calls");
    }
    let start = &pages["/platform"];
    for word in ["Quarrystone Ledger", "Needs Attention", "Review Recommended", "Healthy", "No API traffic yet"] {
        assert!(start.contains(word), "{word}: {start}");
    }
    assert!(pages["/rules"].contains("Critical"));
    assert!(pages.keys().any(|path| path.starts_with("/assets/") && path.ends_with(".css")), "no stylesheet");
    assert_eq!(operator.get("/apps/quarrystone-ledger/health?as_of=2020-01-01").status, 200);
}

fn check_health_page(page: &str, app: &str, status: Option<&str>, troubles: &[(&str, &str)]) {
    assert!(page.contains("Integration Health"), "{app}");
    let Some(status) = status else {
        assert!(page.contains("No API traffic yet") && !page.contains("Daily history"), "{app}: {page}");
        return;
    };
    let words = |status: &str| match status {
        "needs_attention" => "Needs Attention",
        "review_recommended" => "Review Recommended",
        _ => "Healthy",
    };
    assert!(page.contains(words(status)), "{app}");
    for title in [
        "403 Forbidden Responses",
        "404 Not Found Responses",
        "429 Rate Limit Responses",
        "401 Unauthorized Responses",
        "Missing Procore-Company-Id Header",
        "Deprecated Endpoint Usage",
        "Private Endpoint Usage",
    ] {
        assert!(page.contains(title), "{app}: {title}");
    }
    for text in ["Daily history", "What it means", "Why it matters", "How to resolve", "Routes that cause it"] {
        assert_eq!(page.matches(&format!("<h4>{text}")).count(), 7, "{app}: {text}");
    }
    assert!(page.contains(&format!("href=\"/api/v1/apps/{app}/activity.csv\"")), "{app}");
    for (key, status) in troubles {
        let row = page.split("<details class=\"row").find(|row| row.contains(&format!("id=\"{key}\""))).unwrap();
        assert!(row.contains(words(status)), "{app}: {key}: {row}");
    }
}

/// The targets of all links of a page, as they are before HTML escapes.
fn links(page: &str) -> impl Iterator<Item = String> {
    page.split("href=\"").skip(1).filter_map(|rest| {
        let target = testkit::html::unescape(rest.split('"').next()?);
        Some(target.split('#').next()?.to_owned())
    })
}

fn check_reports(program: &Program, operator: &mut Client) {
    for (app, status, _) in STORIES {
        let report = program.run(&["report", app]).succeeded();
        let download = operator.get(&format!("/api/v1/apps/{app}/activity.csv"));
        assert!(download.body == report.stdout, "{app}: the download differs from `report`");
        assert_eq!(report.stdout().lines().count() > 1, status.is_some(), "{app}");
        let file = download.header("content-disposition").unwrap_or_default();
        assert!(file.starts_with(&format!("attachment; filename=\"api-call-activity-{app}-20")), "{file}");
    }
}

fn check_catalog(program: &Program) {
    let changes = program.run(&["catalog", "changes", "--limit", "1000"]).succeeded().stdout();
    for kind in ["added", "deprecated", "removed", "sunset_moved"] {
        assert!(changes.contains(kind), "{kind}: {changes}");
    }
}

fn check_rejects(program: &Program) {
    let rejects = std::fs::read_to_string(program.data().join("rejects.ndjson")).unwrap();
    let reasons: BTreeSet<String> = rejects
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["reason"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(rejects.lines().count(), 12);
    assert!(reasons.len() >= 9, "{reasons:?}");
}

#[test]
fn it_listens_on_this_machine_alone_and_says_why() {
    let program = program();
    let ran = program.run(&["demo", "--listen", "0.0.0.0:0", "--data", "data"]);
    assert_eq!((ran.code, ran.stdout()), (Some(1), String::new()));
    let said = ran.stderr();
    assert!(said.contains("passwords") && said.contains("127.0.0.1") && said.contains("SSH"), "{said}");
    assert!(!program.data().exists(), "it made something before it refused");
}

#[test]
fn a_directory_of_somebody_else_is_left_as_it_is() {
    let program = program();
    let data = program.data();
    std::fs::create_dir(&data).unwrap();
    let theirs = ["steadfast.db", "calls.ndjson", "rejects.ndjson", "notes.txt"];
    for name in theirs {
        std::fs::write(data.join(name), format!("my own {name}")).unwrap();
    }
    let ran = program.run(&["demo", "--listen", "127.0.0.1:0", "--data", "data"]);
    assert_eq!((ran.code, ran.stdout()), (Some(1), String::new()));
    assert!(ran.stderr().contains("`data` is not empty") && ran.stderr().contains("--data"), "{}", ran.stderr());
    assert_eq!(names(&data), theirs.iter().map(|name| (*name).to_owned()).collect());
    for name in theirs {
        assert_eq!(std::fs::read_to_string(data.join(name)).unwrap(), format!("my own {name}"));
    }
}

fn names(directory: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_file_in_place_of_the_directory_is_left_as_it_is() {
    let program = program();
    let file = program.write("data", "mine");
    let ran = program.run(&["demo", "--listen", "127.0.0.1:0", "--data", "data"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr().contains("`data`"), "{}", ran.stderr());
    assert_eq!(std::fs::read_to_string(file).unwrap(), "mine");
}
