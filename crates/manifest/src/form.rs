//! A manifest as the fields of a form that works without script, and back.
//!
//! The names of the fields are documented in [`ManifestForm`]. A form keeps what was posted, right or wrong, so that
//! a page can show it again with the problems beside the fields.

use std::collections::BTreeSet;

use crate::document::{Manifest, Page};
use crate::fields::{
    COMPANY_TOOL, DATA_CONNECTION, MAX_FIELDS, NOTES, PAGE_LABEL, PAGE_URL, PROJECT_TOOL, SERVICE_ACCOUNT, VIEWS,
    parse_row, row_field,
};
use crate::problem::Problem;
use crate::validate::{Purpose, Rules, trimmed, validate};
use reader::{FormReader, Places};

/// An embedded component, by the prefix of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Embedded {
    /// `fullscreen`
    FullScreen,
    /// `sidepanel`
    SidePanel,
}

impl Embedded {
    /// The prefix of its fields, which is its key in a document as well.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FullScreen => "fullscreen",
            Self::SidePanel => "sidepanel",
        }
    }
}

/// The posted fields of a manifest's form.
///
/// | field | value |
/// |---|---|
/// | `data_connection`, `service_account`, `fullscreen`, `sidepanel` | `on` if the part is there |
/// | `company_tool.KEY`, `project_tool.KEY` | `readonly`, `standard`, `admin`; `none` or empty for no right |
/// | `fullscreen.source_url`, `sidepanel.source_url` | the page's URL |
/// | `fullscreen.description`, `sidepanel.description` | text |
/// | `sidepanel.views` | view keys, the field repeated or one key a line |
/// | `PAGE.param.N.key`, `.name`, `.type`, `.description` | row `N` of the page's parameters |
/// | `PAGE.param.N.required` | `on` if a value must be given |
/// | `PAGE.param.N.support_url`, `.support_label` | the parameter's support link |
/// | `post_installation.notes`, `.page_url`, `.page_label` | what is told after the installation |
///
/// `PAGE` is `fullscreen` or `sidepanel`. Rows are taken in order of `N`, whatever numbers are missing; a row without
/// any text isn't there. Blanks around texts and the line ends of browsers don't count. A part that isn't `on` isn't
/// there, whatever its other fields say. Fields of other names are left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManifestForm {
    fields: Vec<(String, String)>,
}

/// A problem with the field to show it at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field; none for a problem of the whole.
    pub field: Option<String>,
    /// What is wrong, with the pointer into the document that the form stands for.
    pub problem: Problem,
}

/// A form as it was read.
#[derive(Clone, Debug)]
pub struct FormReading {
    /// The manifest; none as soon as there is one problem.
    pub manifest: Option<Manifest>,
    /// All that is wrong, each with its field.
    pub problems: Vec<FieldProblem>,
    /// Fields that say something, but for a part that isn't ticked, so that it wasn't kept.
    pub ignored: Vec<String>,
}

impl FormReading {
    /// The problems to show at `field`; those of the whole form for none.
    pub fn at<'a>(&'a self, field: Option<&'a str>) -> impl Iterator<Item = &'a Problem> {
        self.problems.iter().filter(move |found| found.field.as_deref() == field).map(|found| &found.problem)
    }
}

impl ManifestForm {
    /// The form with these fields, as a browser posts them. Far more fields than a form has are cut off.
    #[must_use]
    pub fn from_fields(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { fields: fields.into_iter().take(MAX_FIELDS).collect() }
    }

    /// The form that says the same as `manifest`.
    #[must_use]
    pub fn from_manifest(manifest: &Manifest) -> Self {
        let mut form = Self::default();
        form.put_flag(DATA_CONNECTION, manifest.data_connection.is_some());
        form.put_flag(SERVICE_ACCOUNT, manifest.service_account().is_some());
        if let Some(account) = manifest.service_account() {
            for (prefix, tools) in [(COMPANY_TOOL, &account.company), (PROJECT_TOOL, &account.project)] {
                for (tool, level) in tools {
                    form.put(format!("{prefix}{tool}"), level.as_str());
                }
            }
        }
        form.put_page(Embedded::FullScreen, manifest.full_screen.as_ref().map(|full| &full.page));
        form.put_page(Embedded::SidePanel, manifest.side_panel.as_ref().map(|side| &side.page));
        for view in manifest.side_panel.iter().flat_map(|side| &side.views) {
            form.put(VIEWS.to_owned(), view);
        }
        form.put_text(NOTES, &manifest.post_installation.notes);
        if let Some(page) = &manifest.post_installation.page {
            form.put_text(PAGE_URL, &page.url);
            form.put_text(PAGE_LABEL, &page.label);
        }
        form
    }

    /// All fields, in order.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The value of `field` as it was posted; empty if it wasn't.
    #[must_use]
    pub fn value(&self, field: &str) -> &str {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// All values of a field that may be repeated.
    pub fn values<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// Whether the box `field` is ticked.
    #[must_use]
    pub fn is_on(&self, field: &str) -> bool {
        !matches!(self.value(field), "" | "off" | "false" | "0")
    }

    /// The view keys, one by one.
    #[must_use]
    pub fn views(&self) -> Vec<String> {
        let lines = self.values(VIEWS).flat_map(|value| value.split(['\n', '\r']));
        lines.map(trimmed).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// The numbers of a page's rows of parameters, blank ones among them, in order.
    #[must_use]
    pub fn rows(&self, page: Embedded) -> Vec<u32> {
        let rows = self.fields.iter().filter_map(|(field, _)| parse_row(field, page.as_str()));
        rows.map(|(row, _)| row).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Reads the form and holds it against all rules: every problem at once, each with its field.
    #[must_use]
    pub fn check(&self, purpose: Purpose, rules: &Rules) -> FormReading {
        self.read_with(|manifest| validate(manifest, purpose, rules))
    }

    /// Reads the form without asking whether the manifest makes sense.
    #[must_use]
    pub fn read(&self) -> FormReading {
        self.read_with(|_| Vec::new())
    }

    fn read_with(&self, validate: impl FnOnce(&Manifest) -> Vec<Problem>) -> FormReading {
        let mut reader = FormReader::new(self);
        let manifest = reader.manifest();
        let places = Places::of(&reader.places);
        let (mut problems, ignored) = (reader.problems, reader.ignored);
        let said: BTreeSet<(Option<String>, String)> =
            problems.iter().map(|found| (found.field.clone(), found.problem.pointer.clone())).collect();
        for problem in validate(&manifest) {
            let field = places.field_of(&problem.pointer);
            if !said.contains(&(field.clone(), problem.pointer.clone())) {
                problems.push(FieldProblem { field, problem });
            }
        }
        FormReading { manifest: Some(manifest).filter(|_| problems.is_empty()), problems, ignored }
    }

    fn put(&mut self, field: String, value: &str) {
        self.fields.push((field, value.to_owned()));
    }

    fn put_text(&mut self, field: &str, value: &str) {
        if !value.is_empty() {
            self.put(field.to_owned(), value);
        }
    }

    fn put_flag(&mut self, field: &str, on: bool) {
        if on {
            self.put(field.to_owned(), "on");
        }
    }

    fn put_page(&mut self, embedded: Embedded, page: Option<&Page>) {
        let Some(page) = page else { return };
        let name = embedded.as_str();
        self.put_flag(name, true);
        self.put_text(&format!("{name}.source_url"), &page.source_url);
        self.put_text(&format!("{name}.description"), &page.description);
        for (row, parameter) in (0..).zip(&page.parameters) {
            let field = |part| row_field(name, row, part);
            self.put(field("key"), &parameter.key);
            self.put(field("name"), &parameter.name);
            self.put(field("type"), parameter.kind.as_str());
            self.put(field("description"), &parameter.description);
            self.put_flag(&field("required"), parameter.required);
            if let Some(link) = &parameter.support_link {
                self.put(field("support_url"), &link.url);
                self.put(field("support_label"), &link.label);
            }
        }
    }
}

mod reader;
#[cfg(test)]
mod tests;
