//! Documents of other formats, made into documents of our own before they are read.
//!
//! The formats `4.1` and `3.x` are those of the reference platform. A converted document keeps what it can't place,
//! so that the reader names it; places that moved are remembered, so that problems point into the original.

use serde_json::{Map, Value, json};

use crate::problem::{Notice, Problem, ProblemKind, at, quote, within};
use crate::read::Format;

/// A document of our own format, and how it came to be one.
pub(crate) struct Converted {
    pub(crate) document: Option<Value>,
    pub(crate) format: Option<Format>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) notices: Vec<Notice>,
    /// Places that moved: here, and in the original.
    moved: Vec<(String, String)>,
}

impl Converted {
    fn new(format: Format) -> Self {
        Self { document: None, format: Some(format), problems: Vec::new(), notices: Vec::new(), moved: Vec::new() }
    }

    fn refused(kind: ProblemKind, pointer: &str, message: String) -> Self {
        let problems = vec![Problem::new(kind, pointer, message)];
        Self { document: None, format: None, problems, notices: Vec::new(), moved: Vec::new() }
    }

    /// The place in the original document of `pointer` into the converted one.
    pub(crate) fn original(&self, pointer: &str) -> String {
        let longest = self.moved.iter().filter(|(here, _)| within(pointer, here)).max_by_key(|(here, _)| here.len());
        match longest {
            Some((here, there)) => format!("{there}{}", pointer.strip_prefix(here.as_str()).unwrap_or_default()),
            None => pointer.to_owned(),
        }
    }

    fn moved(&mut self, here: &str, there: &str) {
        self.moved.push((here.to_owned(), there.to_owned()));
    }

    /// Takes `key` out of `map`, with a notice.
    fn leave_out(&mut self, map: &mut Map<String, Value>, key: &str, place: &str, why: &str) {
        if map.shift_remove(key).is_some() {
            self.notices.push(Notice::new(at(place, key), format!("`{key}` was left out: {why}")));
        }
    }
}

/// Makes a document of our own format out of any known one.
pub(crate) fn convert(value: &Value) -> Converted {
    const WRITE: &str = "write `\"schema_version\": \"1.0\"`";
    let Some(map) = value.as_object() else {
        return Converted::refused(ProblemKind::WrongType, "", "a manifest is a JSON object".to_owned());
    };
    match map.get("schema_version") {
        Some(Value::String(version)) => match version.as_str() {
            crate::SCHEMA_VERSION => Converted { document: Some(value.clone()), ..Converted::new(Format::Own) },
            "4.1" => from_v4(map.clone()),
            "3" => from_v3(map.clone()),
            version if version.starts_with("3.") => from_v3(map.clone()),
            other => Converted::refused(
                ProblemKind::InvalidValue,
                "/schema_version",
                format!("the format {} is unknown; {WRITE} (`4.1` and `3.x` are accepted too)", quote(other)),
            ),
        },
        Some(_) => Converted::refused(
            ProblemKind::WrongType,
            "/schema_version",
            format!("the version of the format is a text; {WRITE}"),
        ),
        None if map.contains_key("components") => from_v3(map.clone()),
        None => Converted::refused(
            ProblemKind::Missing,
            "/schema_version",
            format!("the version of the format is missing; {WRITE}"),
        ),
    }
}

const BY_PLATFORM: &str = "the platform sets it";

/// `4.1`: the same keys, but the rights stand at the top and a data connection isn't named.
fn from_v4(mut map: Map<String, Value>) -> Converted {
    let mut converted = Converted::new(Format::V4);
    converted.leave_out(&mut map, "app_manifest", "", BY_PLATFORM);
    let connection = map.shift_remove("data_connection").filter(Value::is_object);
    drop_blanks(&mut map);
    if let Some(connection) = connection {
        map.insert("data_connection".to_owned(), connection);
    }
    map.insert("schema_version".to_owned(), json!(crate::SCHEMA_VERSION));
    for component in ["fullscreen", "sidepanel"] {
        if let Some(page) = map.get_mut(component) {
            tidy_page(&mut converted, page, &at("", component));
        }
    }
    if let Some(mut permissions) = map.shift_remove("permissions") {
        for tools in permissions.as_object_mut().into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut)
        {
            tools.retain(|_, level| level.as_str() != Some("none"));
        }
        add_permissions(&mut converted, &mut map, &permissions);
    }
    let components = ["data_connection", "fullscreen", "sidepanel"];
    if !components.iter().any(|component| map.contains_key(*component)) {
        map.insert("data_connection".to_owned(), json!({}));
        let message = "no component is named, so this became a data connection with user-level authentication";
        converted.notices.push(Notice::new("", message));
    }
    converted.document = Some(Value::Object(map));
    converted
}

/// The rights at the top are those of a service account.
fn add_permissions(converted: &mut Converted, map: &mut Map<String, Value>, permissions: &Value) {
    const PLACE: &str = "/data_connection/service_account/permissions";
    let connection = map.entry("data_connection").or_insert_with(|| json!({}));
    let Some(connection) = connection.as_object_mut() else { return };
    if connection.contains_key("service_account") {
        let message = "the rights of the service account stand twice; keep those in `data_connection`";
        converted.problems.push(Problem::new(ProblemKind::Combination, "/permissions", message));
        return;
    }
    connection.insert("service_account".to_owned(), json!({ "permissions": permissions }));
    converted.moved(PLACE, "/permissions");
    let message = "the rights became those of the service account of a data connection";
    converted.notices.push(Notice::new("/permissions", message));
}

/// Leaves out what the platform sets, and says what the shape requires and other formats don't.
fn tidy_page(converted: &mut Converted, page: &mut Value, place: &str) {
    let Some(page) = page.as_object_mut() else { return };
    converted.leave_out(page, "uuid", place, BY_PLATFORM);
    let Some(schema) = page.get_mut("user_configuration").and_then(|value| value.get_mut("schema")) else { return };
    let Some(schema) = schema.as_object_mut() else { return };
    schema.entry("type").or_insert_with(|| json!("object"));
    let properties = schema.entry("properties").or_insert_with(|| json!({}));
    for property in properties.as_object_mut().into_iter().flat_map(|map| map.values_mut()) {
        if let Some(property) = property.as_object_mut() {
            property.entry("type").or_insert_with(|| json!("string"));
        }
    }
}

/// Removes members that say nothing: null, an empty text, an empty list or object. Their editors write them.
fn drop_blanks(map: &mut Map<String, Value>) {
    map.retain(|key, value| {
        match value.as_object_mut() {
            // A parameter about which nothing is said is one still.
            Some(inner) if key == "properties" => {
                inner.values_mut().filter_map(Value::as_object_mut).for_each(drop_blanks);
            }
            Some(inner) => drop_blanks(inner),
            None => {}
        }
        match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty(),
            Value::Bool(_) | Value::Number(_) => true,
        }
    });
}

/// `3.x`: components are lists of instances.
fn from_v3(mut map: Map<String, Value>) -> Converted {
    let mut converted = Converted::new(Format::V3);
    converted.leave_out(&mut map, "app_manifest", "", BY_PLATFORM);
    drop_blanks(&mut map);
    let mut document = Map::new();
    document.insert("schema_version".to_owned(), json!(crate::SCHEMA_VERSION));
    map.shift_remove("schema_version");
    if let Some(mut components) = map.shift_remove("components") {
        for instance in take_instances(&mut converted, &mut components, "oauth") {
            add_connection(&mut converted, &mut document, instance);
        }
        for instance in take_instances(&mut converted, &mut components, "iframe") {
            add_embedded(&mut converted, &mut document, instance);
        }
        refuse_rest(&mut converted, &components);
    }
    document.extend(map);
    converted.document = Some(Value::Object(document));
    converted
}

/// Names what isn't a known kind of component.
fn refuse_rest(converted: &mut Converted, components: &Value) {
    let Some(components) = components.as_object() else {
        let message = "here must be an object of components";
        converted.problems.push(Problem::new(ProblemKind::WrongType, "/components", message));
        return;
    };
    for key in components.keys() {
        let message = format!("the kind {} of components is unknown; known are `oauth`, `iframe`", quote(key));
        converted.problems.push(Problem::new(ProblemKind::UnknownKey, at("/components", key), message));
    }
}

/// The instances of a kind of component, each with its place.
fn take_instances(converted: &mut Converted, components: &mut Value, kind: &str) -> Vec<(String, Value)> {
    let Some(components) = components.as_object_mut() else { return Vec::new() };
    let Some(mut group) = components.shift_remove(kind) else { return Vec::new() };
    let place = format!("/components/{kind}");
    let instances = group.as_object_mut().and_then(|group| group.shift_remove("instances"));
    for key in group.as_object().into_iter().flat_map(Map::keys) {
        let message = format!("the key {} is unknown here; known is `instances`", quote(key));
        converted.problems.push(Problem::new(ProblemKind::UnknownKey, at(&place, key), message));
    }
    match instances {
        Some(Value::Array(items)) => {
            let places = items.into_iter().enumerate();
            places.map(|(index, item)| (format!("{place}/instances/{index}"), item)).collect()
        }
        _ => {
            let message = "here must be a list of instances";
            converted.problems.push(Problem::new(ProblemKind::WrongType, at(&place, "instances"), message));
            Vec::new()
        }
    }
}

/// A connection of `3.x`. Two of them, one for each grant, are one of ours.
fn add_connection(converted: &mut Converted, document: &mut Map<String, Value>, (place, instance): (String, Value)) {
    let connection = document.entry("data_connection").or_insert_with(|| json!({}));
    let Value::Object(mut instance) = instance else {
        converted.problems.push(Problem::new(ProblemKind::WrongType, place, "here must be an object"));
        return;
    };
    if instance.get("grant_type").and_then(Value::as_str) == Some("client_credentials") {
        if let Some(connection) = connection.as_object_mut() {
            connection.entry("service_account").or_insert_with(|| json!({}));
        }
        let message = "`client_credentials` became a service account; add its rights";
        converted.notices.push(Notice::new(at(&place, "grant_type"), message));
        instance.shift_remove("grant_type");
    }
    for key in ["uid", "uuid"] {
        converted.leave_out(&mut instance, key, &place, BY_PLATFORM);
    }
    converted.leave_out(&mut instance, "grant_type", &place, "one pair of credentials serves all grants");
    for key in ["name", "required", "description"] {
        converted.leave_out(&mut instance, key, &place, "a data connection has no such attribute");
    }
    for key in instance.keys() {
        let message = format!("the key {} is unknown here; remove it", quote(key));
        converted.problems.push(Problem::new(ProblemKind::UnknownKey, at(&place, key), message));
    }
}

fn add_embedded(converted: &mut Converted, document: &mut Map<String, Value>, (place, instance): (String, Value)) {
    let Value::Object(mut instance) = instance else {
        converted.problems.push(Problem::new(ProblemKind::WrongType, place, "here must be an object"));
        return;
    };
    drop_blanks(&mut instance);
    let kind = instance.shift_remove("type");
    let key = match kind.as_ref().and_then(Value::as_str) {
        Some("fullscreen") => "fullscreen",
        Some("sidepanel") => "sidepanel",
        _ => {
            let message = "the type of an embedded component is `fullscreen` or `sidepanel`";
            converted.problems.push(Problem::new(ProblemKind::InvalidValue, at(&place, "type"), message));
            return;
        }
    };
    if document.contains_key(key) {
        let message = format!("an app has at most one component `{key}`; remove this one");
        converted.problems.push(Problem::new(ProblemKind::Combination, place, message));
        return;
    }
    for attribute in ["name", "required"] {
        converted.leave_out(&mut instance, attribute, &place, "components have no such attribute any more");
    }
    let here = at("", key);
    converted.moved(&here, &place);
    for (new, old) in [("source_url", "iframe_src"), ("user_configuration", "configuration")] {
        if let Some(value) = instance.shift_remove(old) {
            instance.insert(new.to_owned(), value);
        }
        converted.moved(&at(&here, new), &at(&place, old));
    }
    let mut page = Value::Object(instance);
    tidy_page(converted, &mut page, &here);
    for notice in &mut converted.notices {
        if let Some(rest) = notice.pointer.strip_prefix(&here).filter(|rest| rest.starts_with('/')) {
            notice.pointer = format!("{place}{rest}");
        }
    }
    document.insert(key.to_owned(), page);
}

#[cfg(test)]
mod tests;
