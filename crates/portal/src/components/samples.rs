//! Manifests to make pages from, and the sample pages of this topic.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use manifest::{Manifest, ManifestForm, Purpose, Rules};
use model::{App, Component, Distribution};
use service::Platform;

use super::json::JsonPage;
use super::pages::{conflict, render};
use super::posted::Posted;
use super::preview::PreviewPage;
use super::problems::{beside, listed};
use super::view::{ComponentsView, State};
use crate::form::Form;
use crate::setting::Setting;
use askama::Template as _;

/// A hybrid with every part in use.
pub(crate) const HYBRID: &str = r#"{
  "schema_version": "1.0",
  "data_connection": {
    "service_account": {
      "permissions": {
        "company": { "directory": "readonly" },
        "project": { "documents": "standard", "rfi": "readonly" }
      }
    }
  },
  "fullscreen": {
    "source_url": "https://{{region}}.cameras.example.com/companies/{{company.id}}/live?camera={{camera_id}}&lang=en",
    "description": "All cameras of the site",
    "user_configuration": {
      "schema": {
        "type": "object",
        "required": ["region"],
        "properties": {
          "region": {
            "name": "Region",
            "type": "string",
            "description": "Where your account is, such as `eu`",
            "support_link": { "url": "https://help.example.com/regions#list", "label": "Regions" }
          },
          "camera_id": { "name": "Camera", "type": "integer", "description": "Number on the housing" }
        }
      }
    }
  },
  "sidepanel": {
    "source_url": "https://panel.example.com/{{project.id}}",
    "views": ["rfi.all", "observations.detail"]
  },
  "post_installation_instruction": {
    "notes": "Thank you.\n\nSign in once.",
    "page": { "url": "https://help.example.com/start", "label": "First steps" }
  }
}"#;

/// The manifest of a document.
pub(crate) fn manifest_of(text: &str) -> Manifest {
    manifest::read(text.as_bytes()).manifest.unwrap()
}

/// An installation with the example's views and tools.
pub(crate) fn setting() -> Setting<'static> {
    static PLATFORM: LazyLock<Platform> = LazyLock::new(|| Platform {
        manifest_rules: Arc::new(Rules::example()),
        ..crate::samples::setting().platform.clone()
    });
    Setting { platform: &PLATFORM, ..crate::samples::setting() }
}

/// An app that somebody registered.
pub(crate) fn app() -> App {
    App {
        components: vec![Component::DataConnection, Component::FullScreen, Component::SidePanel],
        distribution: Some(Distribution::Marketplace),
        discovered: false,
        ..crate::samples::app("sitecam-k7q2mf", "SiteCam & Söhne")
    }
}

/// A form with about everything wrong.
fn wrong() -> Posted {
    let evil = "<script>alert(1)</script>\"'";
    let fields = [
        ("revision", "3"),
        ("service_account", "on"),
        ("company_tool.directory", "owner"),
        ("project_tool.nothing", "admin"),
        ("fullscreen", "on"),
        ("fullscreen.source_url", "http://{{company}}/x#y"),
        ("fullscreen.description", evil),
        ("fullscreen.param.0.key", evil),
        ("fullscreen.param.0.name", evil),
        ("fullscreen.param.0.type", "blob"),
        ("fullscreen.param.0.support_url", "javascript:alert(1)"),
        ("sidepanel", "on"),
        ("sidepanel.source_url", "https://panel.example.com/{{unknown}}"),
        ("sidepanel.views", "rfis.detail"),
        ("post_installation.notes", evil),
        ("post_installation.page_url", evil),
    ];
    Posted::of(&Form(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()))
}

/// The sample pages.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let (setting, app) = (setting(), app());
    let place = (setting, &app);
    let rules: &Rules = &setting.platform.manifest_rules;
    let hybrid = manifest_of(HYBRID);
    let form = ManifestForm::from_manifest(&hybrid);
    let page = |form: &ManifestForm, state: State, may: bool| {
        render(&ComponentsView::new(place, (form, 3), Vec::new(), state, may, None)).unwrap()
    };
    let empty = ManifestForm::default();
    let posted = wrong();
    let problems = posted.manifest(&hybrid, rules).unwrap_err().problems;
    let refused = {
        let state = State { problems: listed(&problems), ..State::default() };
        render(&ComponentsView::new(place, (&posted.form, 3), beside(&problems), state, true, None)).unwrap()
    };
    let panel = manifest_of(r#"{"schema_version":"1.0","sidepanel":{"views":["rfi.detail"]}}"#);
    let missing = listed(&ManifestForm::from_manifest(&panel).check(Purpose::Version, rules).problems);
    let json = JsonPage::new(place, &hybrid.to_json_text(), 3, true);
    let bad =
        "{\"schema_version\": \"1.0\", \"sidepanel\": {\"source_url\": \"http://x\", \"views\": [\"rfi\"], \"y\": 1}}";
    let read = manifest::check(bad.as_bytes(), Purpose::Draft, rules);
    let given: BTreeMap<String, String> = [
        ("page", "fullscreen"),
        ("fullscreen.company.id", "4711"),
        ("fullscreen.p.region", "eu"),
        ("fullscreen.p.camera_id", "seven"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    vec![
        ("components.html", page(&form, State::default(), true)),
        ("components-none.html", page(&empty, State { is_new: true, ..State::default() }, true)),
        ("components-read.html", page(&form, State::default(), false)),
        (
            "components-missing.html",
            page(&ManifestForm::from_manifest(&panel), State { missing, ..State::default() }, true),
        ),
        ("components-wrong.html", refused),
        (
            "components-conflict.html",
            page(&form, State { conflict: Some(conflict(&panel, Some(&hybrid))), ..State::default() }, true),
        ),
        ("components-json.html", json.render().unwrap()),
        ("components-json-wrong.html", JsonPage::new(place, bad, 3, true).refused(&read.problems).render().unwrap()),
        ("components-preview.html", PreviewPage::new(place, &hybrid, &given).render().unwrap()),
        ("components-preview-none.html", PreviewPage::new(place, &Manifest::default(), &given).render().unwrap()),
    ]
}
