//! The path of a stranger: from signing up to knowing what is wrong with an app, by keyboard alone.

use std::collections::BTreeMap;

use serde_json::json;
use testkit::browser::{Browser, keys};
use testkit::client::Client;
use testkit::patience;

use crate::cast::{Call, days_ago};
use crate::people::{PASSWORD, Portal, token};

const STRANGER: &str = "sasha@roofworks.example";
const COLLABORATOR: &str = "kim@roofworks.example";

/// How long the day's verdicts may take after calls have come.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(90);

#[test]
fn browser_a_strangers_path() {
    let Some(browser) = Browser::start(1280, 900, false) else { return };
    let portal = Portal::start();
    let mut operator = portal.operator();
    let sender = portal.server.client().with_token(&token(&mut operator, &["calls:write"]));
    let stranger = Stranger { browser, portal };
    stranger.signs_up();
    let app = stranger.makes_an_app();
    stranger.says_what_it_is_made_of();
    stranger.saves_and_promotes_a_version();
    stranger.copies_the_credentials();
    stranger.invites_a_collaborator(&app);
    let sent = send_calls(sender, &app);
    stranger.finds_what_is_wrong(&app, &sent);
    assert_eq!(stranger.browser.console(), Vec::<String>::new());
}

struct Stranger {
    browser: Browser,
    portal: Portal,
}

impl Stranger {
    fn signs_up(&self) {
        let browser = &self.browser;
        browser.goto(&self.portal.server.url("/"));
        browser.enter("Make one");
        browser.wait_for_url("/sign-up");
        browser.type_into("Your name", "Sasha Roof");
        browser.type_into("E-mail", STRANGER);
        browser.type_into("Password", PASSWORD);
        browser.type_into("Organisation", "Roofworks");
        browser.enter("Make an account");
        browser.wait_for_text("Look into your mailbox");
        browser.goto(&self.portal.mails.next_to(STRANGER).link());
        browser.wait_for_text("Confirm your e-mail address");
        browser.enter("Confirm and sign in");
        browser.wait_for_text("No apps yet");
        assert!(!browser.url().contains("token"), "{}", browser.url());
    }

    /// Just a name is asked; the id is told then.
    fn makes_an_app(&self) -> String {
        let browser = &self.browser;
        browser.enter("New app");
        browser.wait_for_url("/new-app");
        browser.type_into("Name", "Roof Inspector");
        browser.enter("Make the app");
        browser.wait_for_url("/apps/roof-inspector-");
        let id = browser.text("#app-id");
        assert!(browser.url().contains(&id), "{id} at {}", browser.url());
        id
    }

    fn says_what_it_is_made_of(&self) {
        let browser = &self.browser;
        browser.enter("Components");
        browser.wait_for_url("/components");
        self.ticks("Data connection");
        self.ticks("Side panel");
        browser.type_into("URL", "https://roofworks.example/panel?company={{company.id}}");
        // The first of the resource's views.
        browser.tab_until("the view `list` of the budget", |focus| focus.role == "checkbox" && focus.name == "list");
        browser.press(keys::SPACE);
        browser.enter("Save the draft");
        browser.wait_for_url("done=saved");
        browser.wait_for_text("Hybrid");
        assert_eq!(browser.count("[aria-invalid]"), 0);
    }

    fn ticks(&self, label: &str) {
        let what = format!("the box `{label}`");
        self.browser.tab_until(&what, |focus| focus.role == "checkbox" && focus.name.starts_with(label));
        self.browser.press(keys::SPACE);
    }

    fn saves_and_promotes_a_version(&self) {
        let browser = &self.browser;
        browser.enter("Versions");
        browser.wait_for_url("/versions");
        browser.type_into("Number", "0.1.0");
        browser.enter("Save version");
        browser.wait_for_text("Version 0.1.0");
        browser.wait_for_text("Promote to production");
        browser.type_into("Release notes", "The first one: shows the roofs of a company.");
        browser.enter("Promote 0.1.0");
        browser.wait_for_text("In production");
        assert_eq!(browser.count("#production-key"), 1);
    }

    /// What is copied is what is shown, once.
    fn copies_the_credentials(&self) {
        let browser = &self.browser;
        browser.enter("Credentials");
        browser.wait_for_url("/credentials");
        browser.enter("Make the sandbox client secret");
        browser.wait_for_text("Your new client secret");
        let (id, secret) = (browser.text("#client-id"), browser.text("#client-secret"));
        assert!(secret.starts_with("stf_cs_"), "{secret}");
        let granted = json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
        browser.devtools("Browser.grantPermissions", &granted);
        for (button, expected) in [("Copy the client ID", &id), ("Copy the client secret", &secret)] {
            browser.enter(button);
            browser.wait_for_text("Copied");
            let copied = browser.evaluate("return navigator.clipboard.readText()", &[]);
            assert_eq!(copied, expected.as_str(), "{button}");
        }
        browser.enter("I have copied it");
        browser.wait_for_text("Redirect URIs");
        let page = browser.text("body");
        assert!(page.contains(&id) && !page.contains(&secret), "{page}");
    }

    /// The collaborator comes by another browser, without an account, and has one in the end.
    fn invites_a_collaborator(&self, app: &str) {
        let browser = &self.browser;
        browser.enter("Collaborators");
        browser.wait_for_url("/collaborators");
        browser.type_into("E-mail address", COLLABORATOR);
        browser.choose("Role", "Admin");
        browser.enter("Send the invitation");
        browser.wait_for_text(COLLABORATOR);
        let mut kim = self.portal.server.client();
        let invitation = kim.path_of(&self.portal.mails.next_to(COLLABORATOR).link());
        let page = kim.visit(&invitation).expect(200).text();
        assert!(page.contains("Roof Inspector") && page.contains("Sasha Roof"), "{page}");
        let links = testkit::html::links(&page);
        let sign_up = links.iter().find(|link| link.starts_with("/sign-up?next=")).unwrap();
        let fields = [("name", "Kim Beam"), ("email", COLLABORATOR), ("password", PASSWORD)];
        kim.fill_in(sign_up, &fields).expect(200);
        let link = kim.path_of(&self.portal.mails.next_to(COLLABORATOR).link());
        // Back where they came from.
        let page = kim.fill_in(&link, &[]).expect(200).text();
        assert!(page.contains("Accept"), "{page}");
        assert_eq!(kim.get(&format!("/apps/{app}")).status, 404);
        kim.fill_in(&invitation, &[("decision", "accept")]).expect(200);
        assert_eq!(kim.get(&format!("/apps/{app}/versions")).status, 200);
        browser.enter("Collaborators");
        browser.wait_for_text("Kim Beam");
    }

    fn finds_what_is_wrong(&self, app: &str, sent: &BTreeMap<String, u64>) {
        let browser = &self.browser;
        let judged = || {
            browser.goto(&self.portal.server.url(&format!("/apps/{app}")));
            browser.enter("Integration Health");
            browser.wait_for_text("Health");
            browser.text("main").contains("Needs Attention").then_some(())
        };
        patience::retry(PATIENCE, judged).unwrap();
        assert_eq!(browser.count("details.row[open]"), 1, "one row asks for attention");
        browser.enter("See these calls in API Activity");
        browser.wait_for_url("/activity");
        let rows = browser.texts("table.activity tbody tr");
        assert!(!rows.is_empty() && rows.iter().all(|row| row.contains("403")), "{rows:?}");
        let directory = tempfile::tempdir().unwrap();
        browser.download_into(directory.path());
        browser.enter("Download CSV");
        let csv = std::fs::read_to_string(browser.downloaded(directory.path())).unwrap();
        assert_eq!(&counts(&csv), sent, "{csv}");
    }
}

/// Sends calls of some days as a gateway does; the refused ones, as a report counts them.
fn send_calls(mut sender: Client, app: &str) -> BTreeMap<String, u64> {
    let mut lines = String::new();
    let mut refused = BTreeMap::new();
    for day in 1..=5 {
        let call = Call { app, days_ago: day, ..Call::default() };
        lines.push_str(&call.lines(200));
        for (method, path, calls) in [("GET", "/roofs/12/photos", 60), ("POST", "/roofs", day)] {
            let calls = usize::try_from(calls).unwrap();
            lines.push_str(&Call { method, path, status: 403, ..call.clone() }.lines(calls));
            let route = path.replace("12", ":id");
            refused.insert(format!("{},403,{method},{route}", days_ago(day)), calls as u64);
        }
    }
    let all = lines.lines().count();
    let answer = sender.send("POST", "/api/v1/calls", &[("Content-Type", "application/x-ndjson")], lines.as_bytes());
    let told = answer.expect(200).json();
    assert_eq!((&told["accepted"], &told["rejected"]), (&json!(all), &json!(0)), "{told}");
    refused
}

/// The lines of a report without its head: how many calls of each kind.
fn counts(csv: &str) -> BTreeMap<String, u64> {
    let pair = |line: &str| {
        let (kind, count) = line.rsplit_once(',').unwrap();
        (kind.to_owned(), count.parse().unwrap())
    };
    csv.lines().skip(1).map(pair).collect()
}
