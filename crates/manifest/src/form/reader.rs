//! The fields of a form to a manifest, with the field for each place of the document.

use std::collections::BTreeMap;

use super::{Embedded, FieldProblem, ManifestForm};
use crate::document::{
    AccessLevel, DataConnection, FullScreen, Link, Manifest, Page, Parameter, ParameterType, Permissions,
    PostInstallation, ServiceAccount, SidePanel,
};
use crate::fields::{
    COMPANY_TOOL, DATA_CONNECTION, NOTES, PAGE_LABEL, PAGE_URL, PROJECT_TOOL, ROW_TEXTS, SERVICE_ACCOUNT, VIEWS,
    row_field,
};
use crate::problem::{Problem, ProblemKind, at, quote, upwards};
use crate::read::list;
use crate::validate::{limits, trimmed};

pub(super) struct FormReader<'a> {
    form: &'a ManifestForm,
    values: BTreeMap<&'a str, &'a str>,
    pub(super) problems: Vec<FieldProblem>,
    /// Which field stands for which place of the document, a place and its field.
    pub(super) places: Vec<(String, String)>,
    pub(super) ignored: Vec<String>,
}

/// The fields by the places of the document for which they stand.
pub(super) struct Places<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Places<'a> {
    /// Of two fields at one place the earlier.
    pub(super) fn of(places: &'a [(String, String)]) -> Self {
        Self(places.iter().rev().map(|(place, field)| (place.as_str(), field.as_str())).collect())
    }

    /// The field of the nearest place at or above `pointer`.
    pub(super) fn field_of(&self, pointer: &str) -> Option<String> {
        upwards(pointer).find_map(|place| self.0.get(place)).map(|field| (*field).to_owned())
    }
}

impl<'a> FormReader<'a> {
    pub(super) fn new(form: &'a ManifestForm) -> Self {
        let values = form.fields.iter().rev().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Self { form, values, problems: Vec::new(), places: Vec::new(), ignored: Vec::new() }
    }

    /// Notes those of `fields` that say something and weren't kept.
    fn ignore(&mut self, fields: &[String]) {
        let said = fields.iter().filter(|field| !self.text(field).is_empty()).cloned();
        self.ignored.extend(said.collect::<Vec<_>>());
    }

    fn note(&mut self, field: &str, kind: ProblemKind, pointer: &str, message: impl Into<String>) {
        let problem = Problem::new(kind, pointer, message);
        self.problems.push(FieldProblem { field: Some(field.to_owned()), problem });
    }

    fn place(&mut self, pointer: impl Into<String>, field: impl Into<String>) {
        self.places.push((pointer.into(), field.into()));
    }

    /// The text of `field` without blanks around it, with plain line ends.
    fn text(&self, field: &str) -> String {
        trimmed(&self.values.get(field).copied().unwrap_or_default().replace("\r\n", "\n").replace('\r', "\n"))
            .to_owned()
    }

    pub(super) fn manifest(&mut self) -> Manifest {
        Manifest {
            data_connection: self.data_connection(),
            full_screen: self.page(Embedded::FullScreen).map(|page| FullScreen { page }),
            side_panel: self.page(Embedded::SidePanel).map(|page| SidePanel { page, views: self.views() }),
            post_installation: self.post_installation(),
        }
    }

    fn data_connection(&mut self) -> Option<DataConnection> {
        let service_account = self.service_account();
        self.place("/data_connection", DATA_CONNECTION);
        if self.form.is_on(DATA_CONNECTION) {
            return Some(DataConnection { service_account });
        }
        if service_account.is_some() {
            let message = "a service account belongs to a data connection; tick that as well";
            self.note(SERVICE_ACCOUNT, ProblemKind::Combination, "/data_connection", message);
        }
        None
    }

    fn service_account(&mut self) -> Option<ServiceAccount> {
        let here = "/data_connection/service_account";
        self.place(here, SERVICE_ACCOUNT);
        if !self.form.is_on(SERVICE_ACCOUNT) {
            return None;
        }
        Some(ServiceAccount {
            company: self.permissions(COMPANY_TOOL, &format!("{here}/permissions/company")),
            project: self.permissions(PROJECT_TOOL, &format!("{here}/permissions/project")),
        })
    }

    fn permissions(&mut self, prefix: &str, here: &str) -> Permissions {
        let mut permissions = Permissions::new();
        let tools: Vec<(String, String)> = self
            .values
            .iter()
            .filter_map(|(field, value)| Some((field.strip_prefix(prefix)?.to_owned(), trimmed(value).to_owned())))
            .filter(|(_, value)| !value.is_empty() && value != "none")
            .collect();
        for (tool, word) in tools {
            let (field, place) = (format!("{prefix}{tool}"), at(here, &tool));
            self.place(place.as_str(), field.as_str());
            match AccessLevel::from_word(&word) {
                Some(level) => {
                    permissions.insert(tool, level);
                }
                None => {
                    let words = AccessLevel::ALL.map(AccessLevel::as_str);
                    let message = format!("{} is no level; choose one of {}", quote(&word), list(&words));
                    self.note(&field, ProblemKind::InvalidValue, &place, message);
                }
            }
        }
        permissions
    }

    fn page(&mut self, embedded: Embedded) -> Option<Page> {
        let name = embedded.as_str();
        let here = at("", name);
        self.place(here.as_str(), name);
        let texts = ["source_url", "description"].map(|part| format!("{name}.{part}"));
        if !self.form.is_on(name) {
            self.ignore(&texts);
            return None;
        }
        for (part, field) in ["source_url", "description"].into_iter().zip(texts) {
            self.place(at(&here, part), field);
        }
        Some(Page {
            source_url: self.text(&format!("{name}.source_url")),
            description: self.text(&format!("{name}.description")),
            parameters: self.parameters(embedded, &format!("{here}/user_configuration/schema/properties")),
        })
    }

    fn views(&mut self) -> Vec<String> {
        self.place("/sidepanel/views", VIEWS);
        self.form.views()
    }

    fn parameters(&mut self, embedded: Embedded, here: &str) -> Vec<Parameter> {
        let page = embedded.as_str();
        let mut parameters: Vec<Parameter> = Vec::new();
        for row in self.form.rows(embedded) {
            if ROW_TEXTS.iter().all(|part| self.text(&row_field(page, row, part)).is_empty()) {
                continue;
            }
            if parameters.len() > limits::PARAMETERS {
                break;
            }
            let parameter = self.parameter(page, row, here);
            if parameters.iter().any(|other| other.key == parameter.key) {
                let message = format!("the parameter {} is declared twice; keep one", quote(&parameter.key));
                self.note(&row_field(page, row, "key"), ProblemKind::Duplicate, &at(here, &parameter.key), message);
            } else {
                parameters.push(parameter);
            }
        }
        parameters
    }

    fn parameter(&mut self, page: &str, row: u32, here: &str) -> Parameter {
        let field = |part: &str| row_field(page, row, part);
        let key = self.text(&field("key"));
        let here = at(here, &key);
        for (place, part) in [
            ("", "key"),
            ("/name", "name"),
            ("/type", "type"),
            ("/description", "description"),
            ("/support_link", "support_url"),
            ("/support_link/label", "support_label"),
        ] {
            self.place(format!("{here}{place}"), field(part));
        }
        let word = self.text(&field("type"));
        let kind = if word.is_empty() { Some(ParameterType::Text) } else { ParameterType::from_word(&word) };
        if kind.is_none() {
            let words = ParameterType::ALL.map(ParameterType::as_str);
            let message = format!("{} is no type; choose one of {}", quote(&word), list(&words));
            self.note(&field("type"), ProblemKind::InvalidValue, &at(&here, "type"), message);
        }
        Parameter {
            key,
            name: self.text(&field("name")),
            kind: kind.unwrap_or_default(),
            description: self.text(&field("description")),
            support_link: self.link(&field("support_url"), &field("support_label")),
            required: self.form.is_on(&field("required")),
        }
    }

    fn link(&self, url: &str, label: &str) -> Option<Link> {
        let link = Link { url: self.text(url), label: self.text(label) };
        if link == Link::default() { None } else { Some(link) }
    }

    fn post_installation(&mut self) -> PostInstallation {
        let here = "/post_installation_instruction";
        for (place, field) in [("notes", NOTES), ("page", PAGE_URL), ("page/label", PAGE_LABEL)] {
            self.place(format!("{here}/{place}"), field);
        }
        PostInstallation { notes: self.text(NOTES), page: self.link(PAGE_URL, PAGE_LABEL) }
    }
}
