//! Whether a manifest makes sense: everything that is wrong with it, at once.

use crate::document::{Link, Manifest, Page, Parameter, Permissions};
use crate::name::{BuiltIn, Name, is_parameter_key};
use crate::nearest::did_you_mean;
use crate::problem::{Problem, ProblemKind, at, quote};
use crate::read::list;
use crate::registry::{Scope, ToolRegistry, ViewRegistry, is_tool_key, is_view_key};
use crate::url::{UrlTemplate, check_link};

/// How much of everything a manifest may have. Lengths are in characters.
pub mod limits {
    /// A name or a label.
    pub const NAME: usize = 100;
    /// A description.
    pub const DESCRIPTION: usize = 1_000;
    /// The notes after the installation.
    pub const NOTES: usize = 10_000;
    /// A URL.
    pub const URL: usize = crate::url::MAX_URL;
    /// Views of a side panel.
    pub const VIEWS: usize = 200;
    /// Tools of a service account in one scope.
    pub const TOOLS: usize = 200;
    /// Parameters of a page.
    pub const PARAMETERS: usize = 50;
}

/// What a manifest is to be fit for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Being worked on: it may lack anything, but what is there must be right.
    Draft,
    /// Being saved as a version: it must be complete.
    Version,
}

/// What the platform has and allows, for manifests to be held against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Views beside which a panel may stand.
    pub views: ViewRegistry,
    /// Tools in which a service account may have rights.
    pub tools: ToolRegistry,
    /// Prefixes under which the platform's parameters stand as well, each with its dot (`vendor.`).
    pub prefixes: Vec<String>,
}

/// All that is wrong with `manifest`. Pointers are into [`Manifest::to_json`].
#[must_use]
pub fn validate(manifest: &Manifest, purpose: Purpose, rules: &Rules) -> Vec<Problem> {
    let mut check = Check { purpose, rules, problems: Vec::new() };
    check.manifest(manifest);
    check.problems
}

struct Check<'a> {
    purpose: Purpose,
    rules: &'a Rules,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn note(&mut self, kind: ProblemKind, pointer: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem::new(kind, pointer, message));
    }

    fn manifest(&mut self, manifest: &Manifest) {
        if self.purpose == Purpose::Version && manifest.components().is_empty() {
            let message = "a version needs at least one component; add `data_connection`, `fullscreen` or `sidepanel`";
            self.note(ProblemKind::Missing, "", message);
        }
        if let Some(account) = manifest.service_account() {
            let here = "/data_connection/service_account/permissions";
            self.permissions(&account.company, Scope::Company, &at(here, "company"));
            self.permissions(&account.project, Scope::Project, &at(here, "project"));
        }
        if let Some(full) = &manifest.full_screen {
            self.page(&full.page, "/fullscreen");
        }
        if let Some(side) = &manifest.side_panel {
            self.page(&side.page, "/sidepanel");
            self.views(&side.views, "/sidepanel/views");
        }
        let here = "/post_installation_instruction";
        self.text(&manifest.post_installation.notes, &at(here, "notes"), limits::NOTES, true);
        if let Some(page) = &manifest.post_installation.page {
            self.link(page, &at(here, "page"));
        }
    }

    fn permissions(&mut self, permissions: &Permissions, scope: Scope, here: &str) {
        self.at_most(permissions.len(), limits::TOOLS, "tools", here);
        let rules = self.rules;
        for (key, level) in permissions.iter().take(limits::TOOLS) {
            let place = at(here, key);
            match rules.tools.get(key).map(|tool| tool.levels(scope)).filter(|levels| !levels.is_empty()) {
                Some(levels) if levels.contains(level) => {}
                Some(levels) => {
                    let offered: Vec<&str> = levels.iter().map(|level| level.as_str()).collect();
                    let message = format!(
                        "the tool `{key}` doesn't offer `{}` in the {}; choose one of {}, or leave it out",
                        level.as_str(),
                        scope.as_str(),
                        list(&offered)
                    );
                    self.note(ProblemKind::LevelNotOffered, place, message);
                }
                None if !is_tool_key(key) => {
                    let message = "the key of a tool has up to 64 lowercase letters, digits and `_`, a letter first";
                    self.note(ProblemKind::InvalidValue, place, message);
                }
                None => {
                    let near = rules.tools.nearest(scope, key);
                    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                    let message = format!("the platform has no tool {} in the {}{near}", quote(key), scope.as_str());
                    self.note(ProblemKind::UnknownTool, place, message);
                }
            }
        }
    }

    fn views(&mut self, views: &[String], here: &str) {
        if views.is_empty() {
            self.needed(here, "a side panel needs at least one view; name those beside which it appears");
        }
        self.at_most(views.len(), limits::VIEWS, "views", here);
        let mut seen = std::collections::HashSet::new();
        for (index, view) in views.iter().enumerate().take(limits::VIEWS) {
            let place = at(here, &index.to_string());
            if !seen.insert(view) {
                self.note(
                    ProblemKind::Duplicate,
                    place,
                    format!("the view {} stands here twice; keep one", quote(view)),
                );
            } else if !is_view_key(view) {
                let message =
                    format!("{} is no key of a view; write words joined by dots, such as `orders.detail`", quote(view));
                self.note(ProblemKind::InvalidValue, place, message);
            } else if !self.rules.views.knows(view) {
                let near = self.rules.views.nearest(view);
                let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                self.note(ProblemKind::UnknownView, place, format!("the platform has no view {}{near}", quote(view)));
            }
        }
    }

    fn page(&mut self, page: &Page, here: &str) {
        self.source_url(page, &at(here, "source_url"));
        self.text(&page.description, &at(here, "description"), limits::DESCRIPTION, true);
        let here = format!("{here}/user_configuration/schema/properties");
        self.at_most(page.parameters.len(), limits::PARAMETERS, "parameters", &here);
        let mut seen = std::collections::HashSet::new();
        for parameter in page.parameters.iter().take(limits::PARAMETERS) {
            let place = at(&here, &parameter.key);
            if !seen.insert(&parameter.key) {
                let message = format!("the parameter {} is declared twice; keep one", quote(&parameter.key));
                self.note(ProblemKind::Duplicate, place.as_str(), message);
            }
            self.parameter(parameter, &place);
        }
    }

    fn source_url(&mut self, page: &Page, here: &str) {
        if page.source_url.is_empty() {
            return self.needed(here, "the URL of the page is missing; give one that begins with `https://`");
        }
        match UrlTemplate::parse(&page.source_url, &self.rules.prefixes) {
            Err(error) => self.note(ProblemKind::InvalidUrl, here, error.to_string()),
            Ok(template) => {
                let declared = || page.parameters.iter().map(|parameter| parameter.key.as_str());
                for name in template.names() {
                    let Name::Custom(key) = name else { continue };
                    if !declared().any(|declared| declared == key) {
                        let known = declared().chain(BuiltIn::ALL.iter().map(|name| name.as_str()));
                        let near = did_you_mean(key, known);
                        let message =
                            format!("the URL has the parameter `{key}`, which isn't declared; declare it{near}");
                        self.note(ProblemKind::UnknownParameter, here, message);
                    }
                }
            }
        }
    }

    fn parameter(&mut self, parameter: &Parameter, here: &str) {
        if !is_parameter_key(&parameter.key) {
            let message = "the key of a parameter has 1 to 64 letters, digits, `_` and `-`, a letter first";
            self.note(ProblemKind::InvalidValue, here, message);
        }
        self.needed_text(&parameter.name, &at(here, "name"), limits::NAME, false);
        self.needed_text(&parameter.description, &at(here, "description"), limits::DESCRIPTION, true);
        if let Some(link) = &parameter.support_link {
            self.link(link, &at(here, "support_link"));
        }
    }

    fn link(&mut self, link: &Link, here: &str) {
        if *link == Link::default() {
            return self.note(ProblemKind::Missing, here, "the link is empty; give `url` and `label`, or leave it out");
        }
        self.needed_text(&link.label, &at(here, "label"), limits::NAME, false);
        let place = at(here, "url");
        if link.url.is_empty() {
            self.needed(&place, "the URL is missing; give one that begins with `https://`");
        } else if let Err(error) = check_link(&link.url) {
            self.note(ProblemKind::InvalidUrl, place, error.to_string());
        }
    }

    /// Notes what a version must have and a draft may lack.
    fn needed(&mut self, here: &str, message: &str) {
        if self.purpose == Purpose::Version {
            self.note(ProblemKind::Missing, here, message);
        }
    }

    fn needed_text(&mut self, text: &str, here: &str, longest: usize, lines: bool) {
        if text.is_empty() {
            self.needed(here, "the text is missing; give it");
        }
        self.text(text, here, longest, lines);
    }

    /// A text for people: bounded, printable, without blanks around it. `lines`: may have several.
    fn text(&mut self, text: &str, here: &str, longest: usize, lines: bool) {
        let length = text.chars().count();
        if length > longest {
            let message = format!("the text has {length} characters and may have {longest}");
            self.note(ProblemKind::TooLong, here, message);
        }
        let refused = |c: char| is_control(c) && !(lines && (c == '\n' || c == '\t'));
        if text.contains(refused) {
            let allowed = if lines { ", other than line breaks (`\\n`) and tabs" } else { "" };
            self.note(ProblemKind::InvalidValue, here, format!("remove the control characters{allowed}"));
        } else if trimmed(text) != text {
            self.note(ProblemKind::InvalidValue, here, "remove the spaces and line breaks around the text");
        }
    }

    fn at_most(&mut self, count: usize, most: usize, what: &str, here: &str) {
        if count > most {
            self.note(ProblemKind::TooLong, here, format!("there are {count} {what} and may be {most}"));
        }
    }
}

/// Control characters, and those that turn the direction of the text after them.
fn is_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` without blanks around it; the same blanks that a valid text hasn't.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

#[cfg(test)]
mod tests;
