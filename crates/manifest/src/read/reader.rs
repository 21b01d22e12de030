//! A document of our own format to a typed manifest.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::list;
use crate::document::{
    AccessLevel, DataConnection, FullScreen, Link, Manifest, Page, Parameter, ParameterType, Permissions,
    PostInstallation, ServiceAccount, SidePanel,
};
use crate::nearest::did_you_mean;
use crate::problem::{Problem, ProblemKind, at, quote};

/// Reads a document of our own format, as well as it can, and notes what it can't.
pub(super) struct Reader {
    problems: Vec<Problem>,
    /// How many more unknown words are compared with the known ones: a document of nothing else must not be slow.
    guesses: usize,
}

impl Reader {
    /// The manifest in `document` with what is wrong with its form.
    pub(super) fn read(document: &Value) -> (Manifest, Vec<Problem>) {
        let mut reader = Self { problems: Vec::new(), guesses: 100 };
        let manifest = reader.manifest(document);
        (manifest, reader.problems)
    }

    fn note(&mut self, kind: ProblemKind, pointer: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(kind, pointer, message));
    }

    /// See [`did_you_mean`].
    fn guess<'k>(&mut self, word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
        self.guesses = self.guesses.saturating_sub(1);
        if self.guesses == 0 { String::new() } else { did_you_mean(word, known) }
    }

    fn manifest(&mut self, document: &Value) -> Manifest {
        const KNOWN: &[&str] =
            &["schema_version", "data_connection", "fullscreen", "sidepanel", "post_installation_instruction"];
        let Some(map) = self.object(document, "", KNOWN) else { return Manifest::default() };
        Manifest {
            data_connection: map.get("data_connection").map(|value| self.data_connection(value, "/data_connection")),
            full_screen: map.get("fullscreen").map(|value| self.full_screen(value, "/fullscreen")),
            side_panel: map.get("sidepanel").map(|value| self.side_panel(value, "/sidepanel")),
            post_installation: map
                .get("post_installation_instruction")
                .map(|value| self.post_installation(value, "/post_installation_instruction"))
                .unwrap_or_default(),
        }
    }

    fn data_connection(&mut self, value: &Value, here: &str) -> DataConnection {
        let Some(map) = self.object(value, here, &["service_account"]) else { return DataConnection::default() };
        let place = at(here, "service_account");
        DataConnection { service_account: map.get("service_account").map(|value| self.service_account(value, &place)) }
    }

    fn service_account(&mut self, value: &Value, here: &str) -> ServiceAccount {
        let mut account = ServiceAccount::default();
        let Some(map) = self.object(value, here, &["permissions"]) else { return account };
        let Some(permissions) = map.get("permissions") else { return account };
        let here = at(here, "permissions");
        let Some(map) = self.object(permissions, &here, &["company", "project"]) else { return account };
        account.company = self.permissions(map.get("company"), &at(&here, "company"));
        account.project = self.permissions(map.get("project"), &at(&here, "project"));
        account
    }

    fn permissions(&mut self, value: Option<&Value>, here: &str) -> Permissions {
        let Some(map) = value.and_then(|value| self.any_object(value, here)) else { return Permissions::new() };
        let mut permissions = Permissions::new();
        for (tool, level) in map {
            if let Some(level) = self.word(level, &at(here, tool), "level", AccessLevel::from_word, LEVELS) {
                permissions.insert(tool.clone(), level);
            }
        }
        permissions
    }

    fn full_screen(&mut self, value: &Value, here: &str) -> FullScreen {
        match self.object(value, here, &["source_url", "description", "user_configuration"]) {
            Some(map) => FullScreen { page: self.page(map, here) },
            None => FullScreen::default(),
        }
    }

    fn side_panel(&mut self, value: &Value, here: &str) -> SidePanel {
        const KNOWN: &[&str] = &["source_url", "description", "views", "user_configuration"];
        let Some(map) = self.object(value, here, KNOWN) else { return SidePanel::default() };
        let page = self.page(map, here);
        let place = at(here, "views");
        SidePanel { page, views: map.get("views").map(|views| self.texts(views, &place)).unwrap_or_default() }
    }

    fn page(&mut self, map: &Map<String, Value>, here: &str) -> Page {
        let parameters = match map.get("user_configuration") {
            Some(value) => self.parameters(value, &at(here, "user_configuration")),
            None => Vec::new(),
        };
        Page {
            source_url: self.text(map, "source_url", here),
            description: self.text(map, "description", here),
            parameters,
        }
    }

    fn parameters(&mut self, value: &Value, here: &str) -> Vec<Parameter> {
        let Some(schema) = self.object(value, here, &["schema"]).and_then(|map| self.member(map, "schema", here))
        else {
            return Vec::new();
        };
        let here = at(here, "schema");
        let Some(schema) = self.object(schema, &here, &["type", "required", "properties"]) else { return Vec::new() };
        match self.member(schema, "type", &here) {
            Some(Value::String(word)) if word == "object" => {}
            Some(_) => self.note(ProblemKind::InvalidValue, &at(&here, "type"), "the type of the schema is `object`"),
            None => {}
        }
        let Some(properties) = self.member(schema, "properties", &here) else { return Vec::new() };
        let place = at(&here, "properties");
        let Some(properties) = self.any_object(properties, &place) else { return Vec::new() };
        let required = self.required(schema.get("required"), &at(&here, "required"), properties);
        properties
            .iter()
            .map(|(key, value)| self.parameter(key, value, &at(&place, key), required.contains(key.as_str())))
            .collect()
    }

    fn required(&mut self, value: Option<&Value>, here: &str, properties: &Map<String, Value>) -> BTreeSet<String> {
        let Some(value) = value else { return BTreeSet::new() };
        let keys = self.texts(value, here);
        let mut seen = BTreeSet::new();
        for (index, key) in keys.into_iter().enumerate().filter(|(_, key)| !key.is_empty()) {
            let place = at(here, &index.to_string());
            if !properties.contains_key(&key) {
                let near = self.guess(&key, properties.keys().map(String::as_str));
                let message = format!("{} isn't among the `properties`{near}", quote(&key));
                self.note(ProblemKind::UnknownParameter, &place, message);
            }
            if seen.contains(&key) {
                self.note(ProblemKind::Duplicate, &place, format!("{} stands here twice; keep one", quote(&key)));
            }
            seen.insert(key);
        }
        seen
    }

    fn parameter(&mut self, key: &str, value: &Value, here: &str, required: bool) -> Parameter {
        let blank = Parameter {
            key: key.to_owned(),
            name: String::new(),
            kind: ParameterType::Text,
            description: String::new(),
            support_link: None,
            required,
        };
        let Some(map) = self.object(value, here, &["name", "type", "description", "support_link"]) else {
            return blank;
        };
        let kind = self
            .member(map, "type", here)
            .and_then(|kind| self.word(kind, &at(here, "type"), "type", ParameterType::from_word, TYPES));
        let place = at(here, "support_link");
        Parameter {
            name: self.text(map, "name", here),
            kind: kind.unwrap_or_default(),
            description: self.text(map, "description", here),
            support_link: map.get("support_link").map(|value| self.link(value, &place)),
            ..blank
        }
    }

    fn post_installation(&mut self, value: &Value, here: &str) -> PostInstallation {
        let Some(map) = self.object(value, here, &["notes", "page"]) else { return PostInstallation::default() };
        let place = at(here, "page");
        PostInstallation {
            notes: self.text(map, "notes", here),
            page: map.get("page").map(|value| self.link(value, &place)),
        }
    }

    fn link(&mut self, value: &Value, here: &str) -> Link {
        match self.object(value, here, &["url", "label"]) {
            Some(map) => Link { url: self.text(map, "url", here), label: self.text(map, "label", here) },
            None => Link::default(),
        }
    }

    /// The members of an object that has no other keys than `known`.
    fn object<'v>(&mut self, value: &'v Value, here: &str, known: &[&str]) -> Option<&'v Map<String, Value>> {
        let map = self.any_object(value, here)?;
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let near = self.guess(key, known.iter().copied());
            let near = if near.is_empty() { format!("; known are {}", list(known)) } else { near };
            self.note(ProblemKind::UnknownKey, &at(here, key), format!("the key {} is unknown here{near}", quote(key)));
        }
        Some(map)
    }

    fn any_object<'v>(&mut self, value: &'v Value, here: &str) -> Option<&'v Map<String, Value>> {
        let map = value.as_object();
        if map.is_none() {
            self.wrong_type(here, "an object", value);
        }
        map
    }

    /// The member `key`, which must be there.
    fn member<'v>(&mut self, map: &'v Map<String, Value>, key: &str, here: &str) -> Option<&'v Value> {
        let member = map.get(key);
        if member.is_none() {
            self.note(ProblemKind::Missing, &at(here, key), format!("`{key}` is missing; add it"));
        }
        member
    }

    /// The text at `key`; empty if it isn't given.
    fn text(&mut self, map: &Map<String, Value>, key: &str, here: &str) -> String {
        let place = at(here, key);
        match map.get(key) {
            None => String::new(),
            Some(value) => self.given_text(value, &place).unwrap_or_default(),
        }
    }

    fn given_text(&mut self, value: &Value, here: &str) -> Option<String> {
        match value {
            Value::String(text) if text.is_empty() => {
                self.note(ProblemKind::Missing, here, "the text is empty; give it, or leave the key out");
                None
            }
            Value::String(text) => Some(text.clone()),
            other => {
                self.wrong_type(here, "a text", other);
                None
            }
        }
    }

    fn texts(&mut self, value: &Value, here: &str) -> Vec<String> {
        let Some(items) = value.as_array() else {
            self.wrong_type(here, "a list", value);
            return Vec::new();
        };
        if items.is_empty() {
            self.note(ProblemKind::Missing, here, "the list is empty; fill it, or leave the key out");
        }
        let texts = items.iter().enumerate();
        // What isn't a text stays as an empty one, so that the others keep their places.
        texts.map(|(index, item)| self.given_text(item, &at(here, &index.to_string())).unwrap_or_default()).collect()
    }

    /// One of a few words.
    fn word<T>(
        &mut self,
        value: &Value,
        here: &str,
        what: &str,
        known: impl Fn(&str) -> Option<T>,
        words: &[&str],
    ) -> Option<T> {
        let text = self.given_text(value, here)?;
        let meant = known(&text);
        if meant.is_none() {
            let message = format!("{} is no {what}; choose one of {}", quote(&text), list(words));
            self.note(ProblemKind::InvalidValue, here, message);
        }
        meant
    }

    fn wrong_type(&mut self, here: &str, wanted: &str, found: &Value) {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.note(ProblemKind::WrongType, here, format!("here must be {wanted}, not {found}"));
    }
}

const LEVELS: &[&str] = &["readonly", "standard", "admin"];
const TYPES: &[&str] = &["string", "integer", "number", "boolean"];
