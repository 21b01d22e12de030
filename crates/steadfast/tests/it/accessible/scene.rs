//! What there is to look at: the demonstration, with all that people can make in it, and a portal without anything.

use std::collections::BTreeMap;

use testkit::browser::Browser;
use testkit::client::Client;
use testkit::mail::{Outbox, outbox};
use testkit::program::{Program, Server};

use crate::cast::{Call, program};
use crate::people::{DEMO_OPERATOR, DEMO_PASSWORD, PASSWORD, Portal, app, sign_in, token};

const OWNER: &str = "dana@fieldwork.example";
const OTHER: &str = "lev@levelbook.example";
const DEVELOPER: &str = "milo@fieldwork.example";

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Stranger,
    Operator,
    /// Of the apps, and Admin of their organisation.
    Owner,
    /// Somebody else.
    Other,
}

/// A portal to look at.
pub(super) struct Scene {
    pub(super) server: Server,
    mails: Outbox,
    operator: Client,
    owner: Client,
    other: Client,
    /// Where the pages of routes are that hold names.
    paths: BTreeMap<&'static str, String>,
    /// What stands in routes.
    names: BTreeMap<&'static str, String>,
    _program: Program,
}

impl Scene {
    pub(super) fn become_somebody(&self, browser: &Browser, who: Who) {
        match who {
            Who::Stranger => browser.forget(),
            Who::Operator => browser.become_client(&self.operator),
            Who::Owner => browser.become_client(&self.owner),
            Who::Other => browser.become_client(&self.other),
        }
    }

    /// Where the page of a route is in this scene.
    pub(super) fn path(&self, route: &str) -> Option<String> {
        let known = self.paths.get(route).cloned();
        let path = known.unwrap_or_else(|| {
            let plain = route.split('?').next().unwrap_or_default().to_owned();
            self.names.iter().fold(plain, |path, (name, value)| path.replace(&format!("{{{name}}}"), value))
        });
        (!path.contains('{')).then_some(path)
    }

    fn put(&mut self, route: &'static str, path: String) {
        self.paths.insert(route, path);
    }

    /// The demonstration as it begins.
    fn demo(other: &str) -> Self {
        let program = program();
        let server = program.serve(&["demo", "--listen", "127.0.0.1:0", "--data", "data"]);
        let [operator, owner, other] =
            [DEMO_OPERATOR, OWNER, other].map(|email| sign_in(&server, email, DEMO_PASSWORD));
        let mails = outbox(program.directory().join("data.mail"));
        let (paths, names) = (BTreeMap::new(), BTreeMap::new());
        let mut scene = Self { server, mails, operator, owner, other, paths, names, _program: program };
        let apps = scene.owner.get("/api/v1/apps").expect(200).json();
        let app = apps["items"].as_array().unwrap().iter().find(|app| app["status"] == "needs_attention").unwrap();
        scene.names.insert("app", app["id"].as_str().unwrap().to_owned());
        let organisations = scene.owner.get("/api/v1/organisations").expect(200).json();
        scene.names.insert("organisation", organisations["items"][0]["id"].as_str().unwrap().to_owned());
        scene
    }

    /// With what belongs to accounts and organisations.
    pub(super) fn of_accounts() -> Self {
        let mut scene = Self::demo(OTHER);
        let mut stranger = scene.server.client();
        let new = [("name", "Vera New"), ("email", "vera@new.example"), ("password", PASSWORD)];
        stranger.fill_in("/sign-up", &new).expect(200);
        scene.put("/verify", stranger.path_of(&scene.mails.next_to("vera@new.example").link()));
        scene.put("/verify?used", "/verify?token=used-already".to_owned());
        stranger.fill_in("/forgot", &[("email", OTHER)]).expect(200);
        scene.put("/reset", stranger.path_of(&scene.mails.next_to(OTHER).link()));
        scene.put("/first-operator", "/first-operator?token=none".to_owned());
        let organisation = format!("/organisations/{}", scene.names["organisation"]);
        for email in [OTHER, "somebody@new.example"] {
            scene.owner.fill_in(&organisation, &[("email", email), ("role", "admin")]).expect(200);
        }
        scene.put("/invitations/{token}", stranger.path_of(&scene.mails.next_to(OTHER).link()));
        let _token = token(&mut scene.owner, &["apps:read", "people:read"]);
        let new = [("name", "nightly export"), ("scopes", "apps:read")];
        scene.owner.fill_in(&format!("{organisation}/tokens/new"), &new).expect(200);
        for (route, page) in [
            ("/account/tokens/{token}/revoke", "/account/tokens".to_owned()),
            ("/organisations/{organisation}/tokens/{token}/revoke", format!("{organisation}/tokens")),
        ] {
            let link = link(&mut scene.owner, &page, "/revoke");
            scene.put(route, link);
        }
        let remove = link(&mut scene.owner, &organisation, "/remove");
        scene.put("/organisations/{organisation}/members/{person}/remove", remove);
        scene
    }

    /// With what belongs to apps.
    pub(super) fn of_apps() -> Self {
        let mut scene = Self::demo(DEVELOPER);
        let app = format!("/apps/{}", scene.names["app"]);
        scene.names.insert("observation", "forbidden".to_owned());
        scene.put("/apps/{app}/activity?filtered", format!("{app}/activity?status=4xx&observation=forbidden"));
        let owner = &mut scene.owner;
        let draft = [
            ("data_connection", "on"),
            ("service_account", "on"),
            ("project_tool.rfi", "readonly"),
            ("sidepanel", "on"),
            ("sidepanel.source_url", "https://panel.example.com/p?company={{company.id}}"),
            ("sidepanel.views", "rfi.list"),
            ("sidepanel.views", "rfi.detail"),
        ];
        owner.fill_in(&format!("{app}/components"), &draft).expect(200);
        save_version(owner, &app);
        let version = link(owner, &format!("{app}/versions"), &format!("{app}/versions/"));
        owner.fill_in(&version, &[("release_notes", "What is new.")]).expect(200);
        owner.fill_in(&format!("{app}/components"), &[("post_installation.notes", "Ask us.")]).expect(200);
        save_version(owner, &app);
        for environment in ["sandbox", "production", "sandbox"] {
            owner.post_form(&format!("{app}/credentials/{environment}/secrets"), &[("overlap", "day")]).expect(200);
        }
        let collaborators = format!("{app}/collaborators");
        owner.fill_in(&collaborators, &[("email", "new@partner.example"), ("role", "admin")]).expect(200);
        let found = [
            ("/apps/{app}/versions/{version}", link(owner, &format!("{app}/versions"), &format!("{app}/versions/"))),
            (
                "/apps/{app}/credentials/{environment}/secrets/{secret}/remove",
                link(owner, &format!("{app}/credentials"), "/remove"),
            ),
            ("/apps/{app}/collaborators/{person}/remove", link(owner, &collaborators, "/remove")),
        ];
        let transfer = testkit::html::forms(&owner.get(&collaborators).text());
        let transfer = transfer.iter().find(|form| form.action.ends_with("/transfer")).unwrap();
        let transfer = format!("{}?person={}", transfer.action, transfer.value("person").unwrap());
        scene.put("/apps/{app}/transfer", transfer);
        for (route, path) in found {
            scene.put(route, path);
        }
        scene.orphan();
        scene
    }

    /// An app whose Owner left the organisation.
    fn orphan(&mut self) {
        let organisation = self.names["organisation"].clone();
        let page = format!("/organisations/{organisation}");
        let milo = &mut self.other;
        let orphan = app(milo, "Orphan");
        self.owner.visit(&page);
        let remove = link(&mut self.owner, &page, "/remove");
        // Without the box that takes the other apps away from him, too.
        self.owner.post_form(&remove, &[]).expect(303);
        self.put("/apps/{app}/take-over", format!("/apps/{orphan}/take-over"));
    }

    /// With what belongs to the platform.
    pub(super) fn of_platform() -> Self {
        let mut scene = Self::demo(OTHER);
        let sender = token(&mut scene.operator, &["calls:write"]);
        let calls = Call { app: "wandering-crane", ..Call::default() }.lines(3);
        let kind = [("Content-Type", "application/x-ndjson")];
        scene.server.client().with_token(&sender).send("POST", "/api/v1/calls", &kind, calls.as_bytes()).expect(200);
        let evidence = "Ask anybody at the gateway: the key is ours since spring.";
        scene.other.fill_in("/claim-app", &[("app", "wandering-crane"), ("evidence", evidence)]).expect(200);
        let operator = &mut scene.operator;
        let limited = [("source", "edge-eu"), ("apps", "acme"), ("environments", "production")];
        operator.fill_in("/platform/sources/tokens/new", &limited).expect(200);
        let people = operator.get("/api/v1/platform/people?q=milo").expect(200).json();
        let milo = people["items"][0]["id"].as_str().unwrap().to_owned();
        let people = operator.get("/api/v1/platform/people?q=greta").expect(200).json();
        let greta = people["items"][0]["id"].as_str().unwrap();
        operator.post_form(&format!("/platform/people/{greta}/shut"), &[]).expect(303);
        let found = [
            ("/platform/sources/tokens/{token}/revoke", link(operator, "/platform/sources/tokens", "/revoke")),
            ("/platform/claims/{claim}", link(operator, "/platform/claims", "decision=")),
            ("/platform/deprecated/route", link(operator, "/platform/deprecated", "/platform/deprecated/route?")),
            ("/platform/private/route", link(operator, "/platform/private", "/platform/private/route?")),
            ("/platform/people/{person}/role", format!("/platform/people/{milo}/role?role=reviewer")),
            ("/platform/people/{person}/open", format!("/platform/people/{greta}/open")),
            ("/apps/{app}/health?busiest", "/apps/quarrystone-ledger/health".to_owned()),
            ("/apps/{app}?unidentified", "/apps/unidentified".to_owned()),
            ("/apps/{app}/health?silent", "/apps/lanternfish-reports/health".to_owned()),
        ];
        for (route, path) in found {
            scene.put(route, path);
        }
        scene.names.insert("person", milo);
        scene
    }

    /// A portal without anything but an operator and somebody who has just made an app.
    pub(super) fn empty() -> Self {
        let portal = Portal::start();
        let mut operator = portal.operator();
        let mut owner = portal.person("Ona Owner", "ona@new.example");
        let app = app(&mut owner, "Fresh");
        let other = owner.clone();
        let organisations = operator.get("/api/v1/organisations").expect(200).json();
        let organisation = organisations["items"][0]["id"].as_str().unwrap().to_owned();
        let Portal { server, mails, program, .. } = portal;
        let names = BTreeMap::from([("app", app), ("organisation", organisation)]);
        Self { server, mails, operator, owner, other, paths: BTreeMap::new(), names, _program: program }
    }
}

/// Saves the draft under the number that the page suggests.
fn save_version(owner: &mut Client, app: &str) {
    let page = format!("{app}/versions");
    let forms = testkit::html::forms(&owner.visit(&page).expect(200).text());
    let number = forms.iter().find_map(|form| form.value("number")).unwrap().to_owned();
    owner.fill_in(&page, &[("number", &number)]).expect(200);
}

/// The first link of a page that ends so, or holds it.
fn link(client: &mut Client, page: &str, part: &str) -> String {
    let text = client.visit(page).expect(200).text();
    let links = testkit::html::links(&text);
    let found = links.iter().find(|link| link.ends_with(part) || link.contains(part));
    found.unwrap_or_else(|| panic!("{page} has no link with `{part}`, but {links:?}")).clone()
}
