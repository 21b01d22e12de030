//! Surfaces written down as OpenAPI 3.0, 3.1 or Swagger 2.0, in JSON or YAML.

use serde_json::{Map, Value, json};

use super::dice::Dice;
use super::documents::Surface;
use super::yaml;
use crate::case::{Deprecated, Operation};

/// A document's file name and text.
pub(super) fn write(dice: &mut Dice, number: usize, surface: &Surface) -> (String, String) {
    let flavour = dice.pick(&["3.0.3", "3.1.0", "2.0"]);
    let mut document = head(dice, flavour, &surface.base);
    let mut paths = Map::new();
    let mut shared = Map::new();
    for (path, operations) in &surface.paths {
        let item = path_item(dice, path, operations);
        if flavour == "3.1.0" && dice.one_in(10) {
            let name = format!("Shared{}", shared.len());
            paths.insert(path.clone(), json!({"$ref": format!("#/components/pathItems/{name}")}));
            shared.insert(name, item);
        } else {
            paths.insert(path.clone(), item);
        }
    }
    document.insert("paths".into(), Value::Object(paths));
    if !shared.is_empty() {
        document.insert("components".into(), json!({"pathItems": shared}));
    }
    let document = Value::Object(document);
    match dice.below(4) {
        0 => (format!("api-{number}.json"), serde_json::to_string(&document).unwrap()),
        1 => (format!("api-{number}.json"), serde_json::to_string_pretty(&document).unwrap()),
        // Every JSON document is a YAML document.
        2 => (format!("api-{number}.yml"), serde_json::to_string_pretty(&document).unwrap()),
        _ => (format!("api-{number}.yaml"), yaml::write(dice, &document)),
    }
}

fn head(dice: &mut Dice, flavour: &str, base: &str) -> Map<String, Value> {
    let mut document = Map::new();
    let info = json!({"title": format!("API of {base}"), "version": "1.0"});
    if flavour == "2.0" {
        document.insert("swagger".into(), flavour.into());
        document.insert("info".into(), info);
        document.insert("host".into(), "api.example.com".into());
        if !base.is_empty() || dice.one_in(2) {
            document.insert("basePath".into(), if base.is_empty() { "/" } else { base }.into());
        }
        return document;
    }
    document.insert("openapi".into(), flavour.into());
    document.insert("info".into(), info);
    if !base.is_empty() || dice.one_in(2) {
        let server = match dice.below(4) {
            0 => json!({"url": if base.is_empty() { "/" } else { base }}),
            1 => json!({
                "url": format!("https://{{region}}.example.com{base}"),
                "variables": {"region": {"default": "eu", "enum": ["eu", "us"]}},
            }),
            _ => json!({"url": format!("https://api.example.com:8443{base}"), "description": "production"}),
        };
        // A second server with the same base path documents nothing new.
        let servers = match dice.below(4) {
            0 => json!([server, {"url": format!("http://localhost:3000{base}")}]),
            _ => json!([server]),
        };
        document.insert("servers".into(), servers);
    }
    document
}

fn path_item(dice: &mut Dice, path: &str, operations: &[Operation]) -> Value {
    let mut item = Map::new();
    if dice.one_in(4) {
        item.insert("x-team".into(), json!({"name": "core", "deprecated": true}));
        item.insert("parameters".into(), json!([]));
    }
    for (number, operation) in operations.iter().enumerate() {
        item.insert(operation.method.to_lowercase(), operation_item(dice, path, number, operation));
    }
    Value::Object(item)
}

fn operation_item(dice: &mut Dice, path: &str, number: usize, operation: &Operation) -> Value {
    let mut item = Map::new();
    if dice.one_in(2) {
        item.insert("summary".into(), format!("Operation {number} of `{path}`: \"what it's for\" # and more").into());
    }
    match operation.deprecated {
        Deprecated::No if dice.one_in(4) => drop(item.insert("deprecated".into(), false.into())),
        Deprecated::No => {}
        Deprecated::Always => drop(item.insert("deprecated".into(), true.into())),
        Deprecated::From(day) => {
            if !dice.one_in(4) {
                item.insert("deprecated".into(), true.into());
            }
            item.insert("x-deprecated-at".into(), written(dice, &day.to_string()));
        }
    }
    if let Some(sunset) = operation.sunset {
        item.insert("x-sunset".into(), written(dice, &sunset.to_string()));
    }
    for (key, value, usual) in
        [("x-internal", operation.internal, false), ("x-company-scoped", operation.company_scoped, true)]
    {
        if value != usual || dice.one_in(8) {
            item.insert(key.into(), value.into());
        }
    }
    item.insert("responses".into(), json!({"200": {"description": "fine"}, "default": {"description": ""}}));
    Value::Object(item)
}

fn written(dice: &mut Dice, day: &str) -> Value {
    if dice.one_in(4) { format!("{day}T00:00:00Z").into() } else { day.into() }
}
