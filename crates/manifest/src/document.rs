//! The typed manifest, and the JSON document it is written as.

use std::collections::BTreeMap;

use model::{AppType, Component};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

/// What an app is made of. A draft may lack anything: an empty text is one that isn't given yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The part that runs outside the platform and calls its API, with user-level authentication.
    pub data_connection: Option<DataConnection>,
    /// The page that fills the product's main area.
    pub full_screen: Option<FullScreen>,
    /// The page in the panel at the product's right edge.
    pub side_panel: Option<SidePanel>,
    /// What the installer is told after the installation.
    pub post_installation: PostInstallation,
}

/// A data connection. User-level authentication always belongs to it, so only the service account is a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataConnection {
    /// The account that acts for the app itself, if it needs one.
    pub service_account: Option<ServiceAccount>,
}

/// What a service account may do. A tool that isn't named: no access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Rights in tools of the company.
    pub company: Permissions,
    /// Rights in tools of the permitted projects.
    pub project: Permissions,
}

/// Level of access by key of the tool.
pub type Permissions = BTreeMap<String, AccessLevel>;

/// How much an account may do in a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// See.
    ReadOnly,
    /// See, create, change one's own.
    Standard,
    /// Everything.
    Admin,
}

/// A full-screen component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FullScreen {
    /// The page that is shown.
    pub page: Page,
}

/// A side-panel component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SidePanel {
    /// The page that is shown.
    pub page: Page,
    /// Keys of the views beside which the panel appears, in the developer's order.
    pub views: Vec<String>,
}

/// A page of the app within the product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Where it comes from: a URL with parameters in double braces, see [`crate::UrlTemplate`].
    pub source_url: String,
    /// What it is for; may be empty.
    pub description: String,
    /// What the installer fills in for each configuration, in the order of the form.
    pub parameters: Vec<Parameter>,
}

/// A value that the installer gives and the page's URL takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// How the URL names it.
    pub key: String,
    /// How people see it.
    pub name: String,
    /// Which values fit.
    pub kind: ParameterType,
    /// What to fill in.
    pub description: String,
    /// Where to read more.
    pub support_link: Option<Link>,
    /// Whether a configuration must give it.
    pub required: bool,
}

/// The type of a parameter's value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParameterType {
    /// Any text.
    #[default]
    Text,
    /// A whole number.
    Integer,
    /// A decimal number.
    Number,
    /// `true` or `false`.
    Boolean,
}

/// A link with its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Absolute, https.
    pub url: String,
    /// What people read.
    pub label: String,
}

/// What the installer is told after the installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostInstallation {
    /// Notes; may be empty.
    pub notes: String,
    /// A page with more.
    pub page: Option<Link>,
}

impl Manifest {
    /// The components it declares, in a fixed order.
    #[must_use]
    pub fn components(&self) -> Vec<Component> {
        let mut components = Vec::with_capacity(3);
        components.extend(self.data_connection.is_some().then_some(Component::DataConnection));
        components.extend(self.full_screen.is_some().then_some(Component::FullScreen));
        components.extend(self.side_panel.is_some().then_some(Component::SidePanel));
        components
    }

    /// The type of app that follows; none without components.
    #[must_use]
    pub fn app_type(&self) -> Option<AppType> {
        AppType::of(&self.components())
    }

    /// The service account, if there is one.
    #[must_use]
    pub fn service_account(&self) -> Option<&ServiceAccount> {
        self.data_connection.as_ref()?.service_account.as_ref()
    }

    /// The embedded pages with their components.
    pub fn pages(&self) -> impl Iterator<Item = (Component, &Page)> {
        let full = self.full_screen.as_ref().map(|full| (Component::FullScreen, &full.page));
        let side = self.side_panel.as_ref().map(|side| (Component::SidePanel, &side.page));
        full.into_iter().chain(side)
    }

    /// The document of our own format that says the same. What isn't given is left out.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut root = Map::new();
        root.insert("schema_version".to_owned(), json!(crate::SCHEMA_VERSION));
        if let Some(connection) = &self.data_connection {
            root.insert("data_connection".to_owned(), connection.to_json());
        }
        if let Some(full) = &self.full_screen {
            root.insert("fullscreen".to_owned(), Value::Object(full.page.to_map(None)));
        }
        if let Some(side) = &self.side_panel {
            root.insert("sidepanel".to_owned(), Value::Object(side.page.to_map(Some(&side.views))));
        }
        let after = self.post_installation.to_map();
        if !after.is_empty() {
            root.insert("post_installation_instruction".to_owned(), Value::Object(after));
        }
        Value::Object(root)
    }

    /// [`Self::to_json`] as text that people can read, with a line break at the end.
    #[must_use]
    pub fn to_json_text(&self) -> String {
        format!("{:#}\n", self.to_json())
    }
}

impl Serialize for Manifest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl DataConnection {
    fn to_json(&self) -> Value {
        let Some(account) = &self.service_account else { return json!({}) };
        let mut permissions = Map::new();
        for (scope, tools) in [("company", &account.company), ("project", &account.project)] {
            if !tools.is_empty() {
                let tools = tools.iter().map(|(tool, level)| (tool.clone(), json!(level.as_str()))).collect();
                permissions.insert(scope.to_owned(), Value::Object(tools));
            }
        }
        if permissions.is_empty() {
            return json!({ "service_account": {} });
        }
        json!({ "service_account": { "permissions": permissions } })
    }
}

impl Page {
    fn to_map(&self, views: Option<&[String]>) -> Map<String, Value> {
        let mut map = Map::new();
        put(&mut map, "source_url", &self.source_url);
        put(&mut map, "description", &self.description);
        if let Some(views) = views.filter(|views| !views.is_empty()) {
            map.insert("views".to_owned(), json!(views));
        }
        if !self.parameters.is_empty() {
            map.insert("user_configuration".to_owned(), json!({ "schema": parameters_to_json(&self.parameters) }));
        }
        map
    }
}

fn parameters_to_json(parameters: &[Parameter]) -> Value {
    let required: Vec<&str> =
        parameters.iter().filter(|parameter| parameter.required).map(|parameter| parameter.key.as_str()).collect();
    let properties: Map<String, Value> =
        parameters.iter().map(|parameter| (parameter.key.clone(), parameter.to_json())).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("properties".to_owned(), Value::Object(properties));
    Value::Object(schema)
}

impl Parameter {
    fn to_json(&self) -> Value {
        let mut map = Map::new();
        put(&mut map, "name", &self.name);
        map.insert("type".to_owned(), json!(self.kind.as_str()));
        put(&mut map, "description", &self.description);
        if let Some(link) = &self.support_link {
            map.insert("support_link".to_owned(), link.to_json());
        }
        Value::Object(map)
    }
}

impl Link {
    fn to_json(&self) -> Value {
        let mut map = Map::new();
        put(&mut map, "url", &self.url);
        put(&mut map, "label", &self.label);
        Value::Object(map)
    }
}

impl PostInstallation {
    fn to_map(&self) -> Map<String, Value> {
        let mut map = Map::new();
        put(&mut map, "notes", &self.notes);
        if let Some(page) = &self.page {
            map.insert("page".to_owned(), page.to_json());
        }
        map
    }
}

fn put(map: &mut Map<String, Value>, key: &str, text: &str) {
    if !text.is_empty() {
        map.insert(key.to_owned(), json!(text));
    }
}

impl AccessLevel {
    /// All levels, lowest first.
    pub const ALL: [Self; 3] = [Self::ReadOnly, Self::Standard, Self::Admin];

    /// The word of documents and forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "readonly",
            Self::Standard => "standard",
            Self::Admin => "admin",
        }
    }

    /// The words for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::ReadOnly => "Read only",
            Self::Standard => "Standard",
            Self::Admin => "Admin",
        }
    }

    /// The level of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }
}

impl ParameterType {
    /// All types.
    pub const ALL: [Self; 4] = [Self::Text, Self::Integer, Self::Number, Self::Boolean];

    /// The word of documents and forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
        }
    }

    /// The words for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Integer => "Whole number",
            Self::Number => "Number",
            Self::Boolean => "Yes or no",
        }
    }

    /// The type of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}
