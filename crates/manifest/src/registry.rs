//! What the platform has: views beside which a panel may stand, and tools in which an account may have rights.
//!
//! Both come from the platform's configuration; nothing here knows a particular product.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::document::AccessLevel;
use crate::nearest::nearest;

/// The last part of a view's key.
const ACTIONS: [&str; 4] = ["new", "detail", "edit", "list"];

/// Stands for every action of a resource.
const ALL: &str = "all";

/// A registry that can't be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RegistryError {
    /// A view's key of another form.
    #[error(
        "`{0}` is no key of a view: write lowercase words joined by dots, at the end `new`, `detail`, `edit` or `list`"
    )]
    ViewKey(String),
    /// A tool's key of another form.
    #[error("`{0}` is no key of a tool: write up to 64 lowercase letters, digits and `_`, a letter first")]
    ToolKey(String),
}

/// The keys of the product's views: dotted words, the last one `new`, `detail`, `edit` or `list`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewRegistry {
    keys: BTreeSet<String>,
}

impl ViewRegistry {
    /// A registry of these views.
    ///
    /// # Errors
    /// A key of another form.
    pub fn new<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> Result<Self, RegistryError> {
        let mut registry = Self::default();
        for key in keys {
            let key = key.into();
            let action = key.rsplit_once('.').map(|(_, action)| action);
            if !is_view_key(&key) || !action.is_some_and(|action| ACTIONS.contains(&action)) {
                return Err(RegistryError::ViewKey(key));
            }
            registry.keys.insert(key);
        }
        Ok(registry)
    }

    /// The registered keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(String::as_str)
    }

    /// What a manifest may name, for a list to choose from: each resource's `.all`, then its views.
    #[must_use]
    pub fn choices(&self) -> Vec<String> {
        let mut choices = Vec::with_capacity(self.keys.len() * 2);
        let mut resources = BTreeSet::new();
        for key in &self.keys {
            if let Some((resource, _)) = key.rsplit_once('.')
                && resources.insert(resource)
            {
                choices.push(format!("{resource}.{ALL}"));
                choices.extend(self.of(resource).map(str::to_owned));
            }
        }
        choices
    }

    /// Whether a manifest may name `key`: a view, or a resource's `.all`.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.resolve(key).next().is_some()
    }

    /// The views that `keys` stand for. Unknown keys stand for nothing.
    #[must_use]
    pub fn expand<'a, K: AsRef<str>>(&'a self, keys: &'a [K]) -> BTreeSet<&'a str> {
        keys.iter().flat_map(|key| self.resolve(key.as_ref())).collect()
    }

    /// The choice nearest to `key`, if one is near enough to be meant.
    #[must_use]
    pub fn nearest(&self, key: &str) -> Option<String> {
        nearest(key, self.choices().iter().map(String::as_str)).map(str::to_owned)
    }

    fn resolve<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let view = self.keys.get(key).map(String::as_str);
        let resource = key.strip_suffix(ALL).and_then(|resource| resource.strip_suffix('.'));
        view.into_iter().chain(resource.into_iter().flat_map(|resource| self.of(resource)))
    }

    /// The views of a resource itself, not of those below it.
    fn of<'a>(&'a self, resource: &'a str) -> impl Iterator<Item = &'a str> {
        ACTIONS.iter().filter_map(move |action| self.keys.get(&format!("{resource}.{action}")).map(String::as_str))
    }
}

/// Whether `text` has the form of a view's key: 2 to 8 lowercase words joined by dots, at most 120 bytes.
pub(crate) fn is_view_key(text: &str) -> bool {
    let words = text.split('.').count();
    text.len() <= 120 && (2..=8).contains(&words) && text.split('.').all(is_word)
}

/// Whether `text` has the form of a tool's key.
pub(crate) fn is_tool_key(text: &str) -> bool {
    text.len() <= 64 && is_word(text)
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Where a right holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// In the company as a whole.
    Company,
    /// In the permitted projects.
    Project,
}

impl Scope {
    /// The word of documents and forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Project => "project",
        }
    }
}

/// A tool of the product, with the levels of access it offers in each scope. None in a scope: not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// How manifests name it.
    pub key: String,
    /// How people see it.
    pub name: String,
    /// The levels offered in the company.
    pub company: BTreeSet<AccessLevel>,
    /// The levels offered in a project.
    pub project: BTreeSet<AccessLevel>,
}

impl Tool {
    /// The levels offered in `scope`.
    #[must_use]
    pub fn levels(&self, scope: Scope) -> &BTreeSet<AccessLevel> {
        match scope {
            Scope::Company => &self.company,
            Scope::Project => &self.project,
        }
    }
}

/// The tools of the product, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolRegistry {
    tools: BTreeMap<String, Tool>,
}

impl ToolRegistry {
    /// A registry of these tools; of two with one key the later.
    ///
    /// # Errors
    /// A key of another form.
    pub fn new(tools: impl IntoIterator<Item = Tool>) -> Result<Self, RegistryError> {
        let mut registry = Self::default();
        for tool in tools {
            if !is_tool_key(&tool.key) {
                return Err(RegistryError::ToolKey(tool.key));
            }
            registry.tools.insert(tool.key.clone(), tool);
        }
        Ok(registry)
    }

    /// The tool of that key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Tool> {
        self.tools.get(key)
    }

    /// All tools, by key.
    pub fn tools(&self) -> impl Iterator<Item = &Tool> {
        self.tools.values()
    }

    /// The tools that offer a level in `scope`, by key: the rows of a matrix of rights.
    pub fn tools_in(&self, scope: Scope) -> impl Iterator<Item = &Tool> {
        self.tools().filter(move |tool| !tool.levels(scope).is_empty())
    }

    /// The key in `scope` nearest to `key`, if one is near enough to be meant.
    #[must_use]
    pub fn nearest(&self, scope: Scope, key: &str) -> Option<&str> {
        nearest(key, self.tools_in(scope).map(|tool| tool.key.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn views() -> ViewRegistry {
        ViewRegistry::new(["orders.detail", "orders.list", "orders.lines.edit", "tickets.new"]).unwrap()
    }

    #[test]
    fn all_stands_for_every_action_of_the_resource_alone() {
        assert_eq!(views().expand(&["orders.all"]), ["orders.detail", "orders.list"].into());
        assert_eq!(views().expand(&["orders.lines.all", "orders.list"]), ["orders.lines.edit", "orders.list"].into());
        assert!(!views().knows("invoices.all"));
        assert!(!views().knows(".all"));
        assert!(!views().knows("all"));
    }

    #[test]
    fn a_known_key_is_a_view_or_a_choice() {
        let views = views();
        assert!(views.knows("orders.detail"));
        assert!(views.choices().iter().all(|choice| views.knows(choice)));
        assert!(!views.knows("orders.edit"));
        assert_eq!(views.nearest("order.detail").as_deref(), Some("orders.detail"));
    }

    #[test]
    fn keys_of_another_form_are_refused() {
        for key in ["", "orders", "orders.all", "orders.show", "Orders.list", "orders..list", ".list", "1.list"] {
            assert_eq!(ViewRegistry::new([key]), Err(RegistryError::ViewKey(key.to_owned())), "{key}");
        }
        let tool = Tool { key: "Two Words".into(), name: String::new(), company: [].into(), project: [].into() };
        assert!(ToolRegistry::new([tool]).is_err());
    }
}
