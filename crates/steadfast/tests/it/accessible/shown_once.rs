//! Pages that answer a form: with a secret that is shown once, or with what has to be mended.

use serde_json::json;
use testkit::browser::{Browser, Page};

use crate::people::{PASSWORD, Portal, code};

/// Fills in the form that has all these fields, as scripts can, and sends it.
const FILL_IN: &str = "const [fields] = arguments;
    const form = [...document.forms].find(form => Object.keys(fields).every(name => form.elements[name]) && !form.closest('header'));
    for (const [name, value] of Object.entries(fields)) {
        const field = [form.elements[name]].flat()[0];
        const all = field.length && !field.tagName ? [...field] : [field];
        for (const one of all) if (one.type === 'checkbox') one.checked = one.value === value; else one.value = value;
    }
    form.noValidate = true;
    window.onbeforeunload = null;
    form.requestSubmit(form.querySelector('button[type=submit]:not([hidden])'));";

struct Looker {
    browser: Browser,
    portal: Portal,
    complaints: Vec<String>,
}

impl Looker {
    fn goto(&self, path: &str) {
        self.browser.goto(&self.portal.server.url(path));
    }

    /// Sends the form of the open page; the page that answers has this text.
    fn sends(&self, fields: serde_json::Value, text: &str) {
        self.browser.evaluate(FILL_IN, &[fields]);
        self.browser.wait_for_text(text);
    }

    /// The page that answers a form is as pages are.
    fn looks(&mut self, name: &str) {
        let page = Page::new(self.browser.url(), name);
        self.complaints.extend(page.complaints_as_it_is(&self.browser));
    }
}

#[test]
fn browser_finds_what_answers_a_form_accessible() {
    let Some(browser) = Browser::start(1280, 900, false) else { return };
    let portal = Portal::start();
    let mut looker = Looker { browser, portal, complaints: Vec::new() };
    let first_link = looker.portal.first_link.clone();
    looker.complaints.extend(Page::new(first_link.as_str(), "once-first-operator").complaints(&looker.browser));
    looker.sends(json!({"name": "", "email": "no address", "password": "short"}), "have to be mended");
    looker.looks("once-first-operator-flaws");
    looker.sends(json!({"name": "Olga", "email": "olga@platform.example", "password": PASSWORD}), "No apps yet");
    looker.goto("/account/tokens/new");
    looker.sends(json!({"name": ""}), "to be mended");
    looker.looks("once-token-flaws");
    looker.sends(json!({"name": "nightly", "scopes": "apps:read"}), "shown this once");
    looker.looks("once-token");
    looker.goto("/platform/sources/tokens/new");
    looker.sends(json!({"source": "a b", "expires": "2020-01-01"}), "to be mended");
    looker.looks("once-source-token-flaws");
    looker.sends(json!({"source": "kong", "apps": "acme", "expires": ""}), "shown this once");
    looker.looks("once-source-token");
    an_app(&mut looker);
    an_organisations_token(&mut looker);
    a_second_factor(&mut looker);
    assert!(looker.complaints.is_empty(), "{}", looker.complaints.join("\n"));
}

fn an_app(looker: &mut Looker) {
    looker.goto("/new-app");
    looker.sends(json!({"name": ""}), "to be mended");
    looker.looks("once-app-flaws");
    looker.sends(json!({"name": "Answers"}), "Integration Health");
    let app = looker.browser.text("#app-id");
    looker.goto(&format!("/apps/{app}/components"));
    looker.sends(json!({"sidepanel": "on", "sidepanel.source_url": "http://{{x}}.example"}), "to be mended");
    looker.looks("once-components-flaws");
    looker.goto(&format!("/apps/{app}/components/json"));
    looker.sends(json!({"document": "{\"components\": 7"}), "to be mended");
    looker.looks("once-json-flaws");
    looker.goto(&format!("/apps/{app}/components"));
    looker.sends(json!({"data_connection": "on"}), "Revision 1");
    looker.goto(&format!("/apps/{app}/versions"));
    looker.sends(json!({"number": "1"}), "to be mended");
    looker.looks("once-version-flaws");
    looker.sends(json!({"number": "1.0.0"}), "Version 1.0.0");
    looker.looks("once-version");
    looker.sends(json!({"release_notes": ""}), "to be mended");
    looker.looks("once-promotion-flaws");
    looker.goto(&format!("/apps/{app}/credentials"));
    looker.browser.enter("Make the sandbox client secret");
    looker.browser.wait_for_text("shown this once");
    looker.looks("once-client-secret");
    looker.goto(&format!("/apps/{app}/credentials"));
    looker.sends(json!({"redirect_uris": "http://*.example/\nnothing"}), "to be mended");
    looker.looks("once-redirects-flaws");
    looker.goto(&format!("/apps/{app}/delete"));
    looker.sends(json!({"name": "Something else"}), "Type the app");
    looker.looks("once-delete-flaws");
    looker.goto(&format!("/apps/{app}/collaborators"));
    looker.sends(json!({"email": "nobody"}), "to be mended");
    looker.looks("once-invitation-flaws");
    looker.goto(&format!("/apps/{app}/activity?status=9000"));
    looker.looks("once-activity-flaws");
}

fn an_organisations_token(looker: &mut Looker) {
    looker.goto("/organisations");
    let path = "return document.querySelector('main a[href^=\"/organisations/\"]').getAttribute('href')";
    let path = looker.browser.evaluate(path, &[]).as_str().unwrap().to_owned();
    looker.goto(&format!("{path}/tokens/new"));
    looker.sends(json!({"name": "export", "scopes": "apps:read"}), "shown this once");
    looker.looks("once-organisation-token");
}

fn a_second_factor(looker: &mut Looker) {
    looker.goto("/account/security/second-factor");
    let text = looker.browser.text("#totp-text");
    looker.sends(json!({"code": "000000"}), "to be mended");
    looker.looks("once-second-factor-flaws");
    looker.sends(json!({"code": code(&text)}), "shown this once");
    looker.looks("once-recovery-codes");
    looker.goto("/account/security");
    looker.looks("once-security");
    looker.goto("/account/security/second-factor/off");
    looker.looks("once-second-factor-off");
    looker.browser.forget();
    looker.goto("/sign-in");
    looker.sends(json!({"email": "olga@platform.example", "password": "not the password"}), "to be mended");
    looker.looks("once-sign-in-flaws");
    looker.sends(json!({"email": "olga@platform.example", "password": PASSWORD}), "Type your code");
    looker.looks("once-code");
}
