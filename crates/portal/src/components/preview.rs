//! What the URLs of an app's pages become with values that somebody tries.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{RawQuery, State as Shared};
use axum::response::Html;
use manifest::{BuiltIn, Manifest, Name, Page, ParameterType, UrlTemplate, configure};
use model::{App, Component};

use super::{Frame, Way, WayLink, demand_registered, ways};
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::SeeManifests;
use crate::chrome::{AppTab, Chrome, Sidebar};
use crate::fault::{PageFault, sentence};
use crate::form::Field;
use crate::setting::Setting;
use crate::urls;

/// The page on which URLs are tried.
#[derive(Clone, Debug, Template)]
#[template(path = "components_preview.html", whitespace = "minimize")]
pub(crate) struct PreviewPage {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) ways: Vec<WayLink>,
    pub(crate) action: String,
    pub(crate) components_url: String,
    pub(crate) trials: Vec<Trial>,
}

/// The form for one embedded page, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trial {
    /// `fullscreen`
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    pub(crate) template: String,
    /// One for each parameter that the URL names or the page declares.
    pub(crate) fields: Vec<Field>,
    /// The URL, once values were given.
    pub(crate) url: Option<String>,
    /// Why there is none.
    pub(crate) flaws: Vec<String>,
}

/// Values to begin with.
fn sample(name: BuiltIn) -> &'static str {
    match name {
        BuiltIn::CompanyId => "4711",
        BuiltIn::CompanyName => "Acme & Sons",
        BuiltIn::ProjectId => "1024",
        BuiltIn::ProjectName => "Harbour/North",
    }
}

impl PreviewPage {
    /// The page for a manifest; `given` are the parameters of the request.
    pub(crate) fn new(
        (setting, app): (Setting<'_>, &App),
        manifest: &Manifest,
        given: &BTreeMap<String, String>,
    ) -> Self {
        let Frame { chrome, sidebar } = Frame::new(setting, app, AppTab::Components, None);
        let prefixes = &setting.platform.manifest_rules.prefixes;
        Self {
            ways: ways(app, Way::Preview),
            action: urls::components_preview(&app.id),
            components_url: urls::app_tab(&app.id, AppTab::Components),
            trials: manifest.pages().map(|(component, page)| trial(component, page, given, prefixes)).collect(),
            chrome,
            sidebar,
        }
    }
}

fn trial(component: Component, page: &Page, given: &BTreeMap<String, String>, prefixes: &[String]) -> Trial {
    let (key, title) = match component {
        Component::SidePanel => ("sidepanel", "Side panel"),
        Component::FullScreen | Component::DataConnection => ("fullscreen", "Full screen"),
    };
    let is_tried = given.get("page").is_some_and(|page| page == key);
    let mut trial =
        Trial { key, title, template: page.source_url.clone(), fields: Vec::new(), url: None, flaws: Vec::new() };
    let template = match UrlTemplate::parse(&page.source_url, prefixes) {
        Ok(template) => template,
        Err(error) => {
            trial.flaws.push(sentence(&error.to_string()));
            return trial;
        }
    };
    let value = |name: &str, sample: &str| match given.get(name) {
        Some(value) if is_tried => value.clone(),
        _ => sample.to_owned(),
    };
    let mut built_in = Vec::new();
    for known in BuiltIn::ALL {
        if template.names().iter().any(|name| **name == Name::BuiltIn(known)) {
            let name = format!("{key}.{}", known.as_str());
            let value = value(&name, sample(known));
            trial.fields.push(Field::new(&name, known.as_str(), &value).optional());
            built_in.push((known, value));
        }
    }
    let mut own = BTreeMap::new();
    for parameter in &page.parameters {
        let name = format!("{key}.p.{}", parameter.key);
        let value = value(&name, sample_of(parameter.kind));
        let need = if parameter.required { ", required" } else { "" };
        let label = format!("{} ({}{need})", parameter.key, parameter.kind.title().to_lowercase());
        trial.fields.push(Field::new(&name, &label, &value).hint(&parameter.description).optional());
        own.insert(parameter.key.clone(), value);
    }
    if is_tried || trial.fields.is_empty() {
        match expanded(page, &template, &built_in, &own) {
            Ok(url) => trial.url = Some(url),
            Err(flaws) => trial.flaws = flaws.iter().map(|flaw| sentence(flaw)).collect(),
        }
    }
    trial
}

/// A value of an own parameter to begin with.
fn sample_of(kind: ParameterType) -> &'static str {
    match kind {
        ParameterType::Text => "",
        ParameterType::Integer | ParameterType::Number => "7",
        ParameterType::Boolean => "true",
    }
}

fn expanded(
    page: &Page,
    template: &UrlTemplate,
    built_in: &[(BuiltIn, String)],
    own: &BTreeMap<String, String>,
) -> Result<String, Vec<String>> {
    let values = configure(page, own)
        .map_err(|problems| problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>())?;
    let values = built_in.iter().fold(values, |values, (name, value)| values.built_in(*name, value));
    template.expand(&values).map_err(|error| vec![error.to_string()])
}

/// `GET /apps/{app}/components/preview?page=fullscreen&fullscreen.company.id=…&fullscreen.p.KEY=…`
pub(crate) async fn show(
    Shared(portal): Shared<Portal>,
    seen: InApp<SeeManifests>,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, PageFault> {
    demand_registered(&seen)?;
    let given = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let draft = portal.steadfast.draft(&seen.app.id).await?;
    Ok(Html(PreviewPage::new((portal.setting(&seen.caller), &seen.app), &draft.manifest, &given).render()?))
}
