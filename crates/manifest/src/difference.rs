//! What changed between two manifests, and how much of a new version each change needs.
//!
//! Whatever asks more of a customer is major: a right, a host, a value to fill in, or the loss of a part. What only
//! adds is minor. Texts are a patch.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::document::{Link, Manifest, Page, Parameter, Permissions};
use crate::name::BuiltIn;
use crate::url::UrlTemplate;

/// How big a change is, by the number of the version that it raises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Z
    #[default]
    Patch,
    /// Y
    Minor,
    /// X
    Major,
}

impl Level {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A component that wasn't there.
    ComponentAdded,
    /// A component that is gone.
    ComponentRemoved,
    /// A service account that wasn't there.
    ServiceAccountAdded,
    /// A service account that is gone.
    ServiceAccountRemoved,
    /// A right in a tool that wasn't there.
    RightAdded,
    /// A right in a tool that goes further.
    RightRaised,
    /// A right in a tool that goes less far.
    RightLowered,
    /// A right in a tool that is gone.
    RightRemoved,
    /// A host that no page came from.
    HostAdded,
    /// A host that no page comes from any more.
    HostRemoved,
    /// Another URL of a page.
    UrlChanged,
    /// A view that wasn't there.
    ViewAdded,
    /// A view that is gone.
    ViewRemoved,
    /// A parameter that may be left open.
    OptionalParameterAdded,
    /// A parameter that must be filled in, or must be now.
    RequiredParameterAdded,
    /// A parameter that is gone.
    ParameterRemoved,
    /// A parameter that may be left open now.
    ParameterMadeOptional,
    /// A parameter that takes other values.
    ParameterTypeChanged,
    /// A text, a label, a link or an order.
    TextChanged,
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Which kind of change.
    pub kind: ChangeKind,
    /// The thing, for people, to stand before `was added` and the like.
    pub what: String,
    /// What it was, where that can be said shortly.
    pub from: Option<String>,
    /// What it is, where that can be said shortly.
    pub to: Option<String>,
    /// How big a change it is.
    pub level: Level,
}

impl ChangeKind {
    /// How big a change of this kind is.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Self::ComponentRemoved
            | Self::ServiceAccountAdded
            | Self::ServiceAccountRemoved
            | Self::RightAdded
            | Self::RightRaised
            | Self::HostAdded
            | Self::ViewRemoved
            | Self::RequiredParameterAdded
            | Self::ParameterTypeChanged => Level::Major,
            Self::ComponentAdded
            | Self::RightLowered
            | Self::RightRemoved
            | Self::HostRemoved
            | Self::UrlChanged
            | Self::ViewAdded
            | Self::OptionalParameterAdded
            | Self::ParameterRemoved
            | Self::ParameterMadeOptional => Level::Minor,
            Self::TextChanged => Level::Patch,
        }
    }

    /// What happened, to stand after [`Change::what`].
    #[must_use]
    pub fn verb(self) -> &'static str {
        match self {
            Self::ComponentAdded
            | Self::ServiceAccountAdded
            | Self::RightAdded
            | Self::HostAdded
            | Self::ViewAdded
            | Self::OptionalParameterAdded => "was added",
            Self::ComponentRemoved
            | Self::ServiceAccountRemoved
            | Self::RightRemoved
            | Self::HostRemoved
            | Self::ViewRemoved
            | Self::ParameterRemoved => "was removed",
            Self::RightRaised => "was raised",
            Self::RightLowered => "was lowered",
            Self::RequiredParameterAdded => "is required now",
            Self::ParameterMadeOptional => "is optional now",
            Self::ParameterTypeChanged | Self::UrlChanged | Self::TextChanged => "was changed",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.kind.verb())
    }
}

/// What changed between two manifests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// All changes, by part of the manifest. None: the manifests say the same.
    pub changes: Vec<Change>,
    /// The step that the biggest of them needs.
    pub required: Level,
}

/// What changed from `old` to `new`.
#[must_use]
pub fn difference(old: &Manifest, new: &Manifest) -> Difference {
    let mut differ = Differ::default();
    differ.manifests(old, new);
    let required = differ.changes.iter().map(|change| change.level).max().unwrap_or_default();
    Difference { changes: differ.changes, required }
}

#[derive(Default)]
struct Differ {
    changes: Vec<Change>,
}

impl Differ {
    fn note(&mut self, kind: ChangeKind, what: impl Into<String>, from: Option<&str>, to: Option<&str>) {
        let change = Change {
            kind,
            what: what.into(),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            level: kind.level(),
        };
        self.changes.push(change);
    }

    fn manifests(&mut self, old: &Manifest, new: &Manifest) {
        self.component("data connection", old.data_connection.is_some(), new.data_connection.is_some());
        self.service_account(old, new);
        self.hosts(old, new);
        let full = [old, new].map(|manifest| manifest.full_screen.as_ref().map(|full| &full.page));
        self.pages("full screen", full[0], full[1]);
        let side = [old, new].map(|manifest| manifest.side_panel.as_ref());
        self.pages("side panel", side[0].map(|side| &side.page), side[1].map(|side| &side.page));
        if let [Some(old), Some(new)] = side {
            self.views(&old.views, &new.views);
        }
        let (old, new) = (&old.post_installation, &new.post_installation);
        self.text("text `notes after the installation`", &old.notes, &new.notes);
        self.link("link `page after the installation`", old.page.as_ref(), new.page.as_ref());
    }

    fn component(&mut self, name: &str, old: bool, new: bool) {
        let what = format!("component `{name}`");
        match (old, new) {
            (false, true) => self.note(ChangeKind::ComponentAdded, what, None, None),
            (true, false) => self.note(ChangeKind::ComponentRemoved, what, None, None),
            _ => {}
        }
    }

    fn service_account(&mut self, old: &Manifest, new: &Manifest) {
        let (before, after) = (old.service_account(), new.service_account());
        match (before, after) {
            (None, Some(_)) => self.note(ChangeKind::ServiceAccountAdded, "service account", None, None),
            // With its component it goes without saying.
            (Some(_), None) if new.data_connection.is_some() => {
                self.note(ChangeKind::ServiceAccountRemoved, "service account", None, None);
            }
            _ => {}
        }
        let (before, after) = (before.cloned().unwrap_or_default(), after.cloned().unwrap_or_default());
        self.rights("company", &before.company, &after.company);
        self.rights("project", &before.project, &after.project);
    }

    fn rights(&mut self, scope: &str, old: &Permissions, new: &Permissions) {
        let tools: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for tool in tools {
            let (before, after) = (old.get(tool).copied(), new.get(tool).copied());
            let kind = match (before, after) {
                (None, Some(_)) => ChangeKind::RightAdded,
                (Some(_), None) => ChangeKind::RightRemoved,
                (Some(before), Some(after)) if after > before => ChangeKind::RightRaised,
                (Some(before), Some(after)) if after < before => ChangeKind::RightLowered,
                _ => continue,
            };
            let what = format!("right in the {scope} tool `{tool}`");
            self.note(kind, what, before.map(|level| level.as_str()), after.map(|level| level.as_str()));
        }
    }

    fn hosts(&mut self, old: &Manifest, new: &Manifest) {
        let (before, after) = (old.hosts(), new.hosts());
        for host in after.difference(&before) {
            self.note(ChangeKind::HostAdded, format!("host `{host}`"), None, Some(host));
        }
        for host in before.difference(&after) {
            self.note(ChangeKind::HostRemoved, format!("host `{host}`"), Some(host), None);
        }
    }

    fn pages(&mut self, name: &str, old: Option<&Page>, new: Option<&Page>) {
        self.component(name, old.is_some(), new.is_some());
        let (Some(old), Some(new)) = (old, new) else { return };
        if old.source_url != new.source_url {
            let what = format!("URL of the {name}");
            self.note(ChangeKind::UrlChanged, what, Some(&old.source_url), Some(&new.source_url));
        }
        self.text(&format!("text `description of the {name}`"), &old.description, &new.description);
        self.parameters(name, &old.parameters, &new.parameters);
    }

    fn parameters(&mut self, page: &str, old: &[Parameter], new: &[Parameter]) {
        let what = |parameter: &Parameter| format!("parameter `{}` of the {page}", parameter.key);
        for after in new {
            match old.iter().find(|before| before.key == after.key) {
                Some(before) => self.parameter(&what(after), before, after),
                None if after.required => self.note(ChangeKind::RequiredParameterAdded, what(after), None, None),
                None => self.note(ChangeKind::OptionalParameterAdded, what(after), None, None),
            }
        }
        for before in old.iter().filter(|before| !new.iter().any(|after| after.key == before.key)) {
            self.note(ChangeKind::ParameterRemoved, what(before), None, None);
        }
        let order = |list: &[Parameter], other: &[Parameter]| -> Vec<String> {
            let keys = list.iter().map(|parameter| &parameter.key);
            keys.filter(|key| other.iter().any(|parameter| parameter.key == **key)).cloned().collect()
        };
        if order(old, new) != order(new, old) {
            self.note(ChangeKind::TextChanged, format!("order `parameters of the {page}`"), None, None);
        }
    }

    fn parameter(&mut self, what: &str, old: &Parameter, new: &Parameter) {
        if old.kind != new.kind {
            let (from, to) = (old.kind.as_str(), new.kind.as_str());
            self.note(ChangeKind::ParameterTypeChanged, format!("type of the {what}"), Some(from), Some(to));
        }
        match (old.required, new.required) {
            (false, true) => self.note(ChangeKind::RequiredParameterAdded, what, None, None),
            (true, false) => self.note(ChangeKind::ParameterMadeOptional, what, None, None),
            _ => {}
        }
        self.text(&format!("name of the {what}"), &old.name, &new.name);
        self.text(&format!("description of the {what}"), &old.description, &new.description);
        self.link(&format!("support link of the {what}"), old.support_link.as_ref(), new.support_link.as_ref());
    }

    fn views(&mut self, old: &[String], new: &[String]) {
        let before = self.changes.len();
        for view in new.iter().filter(|view| !covers(old, view)) {
            self.note(ChangeKind::ViewAdded, format!("view `{view}`"), None, Some(view));
        }
        for view in old.iter().filter(|view| !covers(new, view)) {
            self.note(ChangeKind::ViewRemoved, format!("view `{view}`"), Some(view), None);
        }
        if self.changes.len() == before && old != new {
            self.note(ChangeKind::TextChanged, "list `views of the side panel`", None, None);
        }
    }

    fn text(&mut self, what: &str, old: &str, new: &str) {
        if old != new {
            let given = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
            self.note(ChangeKind::TextChanged, what, given(old).as_deref(), given(new).as_deref());
        }
    }

    fn link(&mut self, what: &str, old: Option<&Link>, new: Option<&Link>) {
        if old != new {
            let (old, new) = (old.map(|link| link.url.as_str()), new.map(|link| link.url.as_str()));
            self.note(ChangeKind::TextChanged, what, old, new);
        }
    }
}

/// Whether `views` has `view`, or every action of its resource.
fn covers(views: &[String], view: &str) -> bool {
    let all = view.rsplit_once('.').map(|(resource, _)| format!("{resource}.all"));
    views.iter().any(|known| known == view || Some(known) == all.as_ref())
}

impl Manifest {
    /// The hosts that its pages come from, with `{{name}}` where parameters stand, and a port that isn't 443.
    ///
    /// A text that is no URL counts as a host of its own, to be on the safe side.
    #[must_use]
    pub fn hosts(&self) -> BTreeSet<String> {
        let urls = self.pages().map(|(_, page)| page.source_url.as_str()).filter(|url| !url.is_empty());
        urls.map(|url| UrlTemplate::parse(url, &prefixes_in(url)).map_or_else(|_| url.to_owned(), |url| url.host()))
            .collect()
    }
}

/// The prefixes under which `url` names what the platform knows. Which are allowed was checked when it was saved.
fn prefixes_in(url: &str) -> Vec<&str> {
    let names = url.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name.trim());
    names.filter_map(|name| BuiltIn::ALL.iter().find_map(|known| name.strip_suffix(known.as_str()))).collect()
}

#[cfg(test)]
mod tests;
