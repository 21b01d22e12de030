//! The platform's OpenAPI documents, made from the tables: Swagger 2.0, OpenAPI 3.0 and 3.1, JSON and YAML.

use model::Day;
use serde_json::{Map, Value, json};

use super::surface::{DocumentTable, Edition, Flavour, Operation, operations};
use super::tables::DOCUMENTS;
use super::yaml::to_yaml;

/// An API description, ready to be written to a file or imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    /// Such as `core.yaml`.
    pub(crate) file_name: String,
    /// The whole document.
    pub(crate) text: String,
}

/// The documents as they are on `today`.
pub(crate) fn documents(today: Day) -> Vec<Document> {
    edition(today, Edition::Current)
}

/// The documents as they were 60 days before `today`: without what has been added since, with what has been
/// removed, before some deprecations and with one other sunset. Imported before [`documents`], they give the
/// change log something to tell.
pub(crate) fn documents_before(today: Day) -> Vec<Document> {
    edition(today, Edition::Before)
}

fn edition(today: Day, edition: Edition) -> Vec<Document> {
    let all = operations(edition);
    let write = |(index, table): (usize, &DocumentTable)| {
        let own: Vec<&Operation> = all.iter().filter(|operation| operation.document == index).collect();
        let value = describe(table, &own, today, edition);
        let yaml = table.file_name.ends_with(".yaml");
        let text = if yaml { to_yaml(&value) } else { format!("{value:#}\n") };
        Document { file_name: table.file_name.to_owned(), text }
    };
    DOCUMENTS.iter().enumerate().map(write).collect()
}

/// The whole document as a value.
fn describe(table: &DocumentTable, own: &[&Operation], today: Day, edition: Edition) -> Value {
    let mut paths = Map::new();
    for operation in own {
        let item = paths.entry(operation.path.clone()).or_insert_with(|| path_item(operation, table.flavour));
        item[operation.method.to_ascii_lowercase()] = describe_operation(operation, table.flavour, today, edition);
    }
    let version = if edition == Edition::Current { "2.0.0" } else { "1.9.0" };
    let info = json!({
        "title": table.title,
        "version": version,
        "description": "Part of the API of Plotline, an invented construction platform made for demonstrations.",
    });
    match table.flavour {
        Flavour::Swagger20 => json!({
            "swagger": "2.0",
            "info": info,
            "host": "api.plotline.example",
            "basePath": table.base,
            "schemes": ["https"],
            "produces": ["application/json"],
            "paths": paths,
            "parameters": { "Company": company_header(table.flavour) },
            "definitions": { "Record": record() },
        }),
        flavour => {
            let mut components = json!({
                "parameters": { "Company": company_header(flavour) },
                "schemas": { "Record": record() },
            });
            if flavour == Flavour::OpenApi31 {
                share_a_path_item(&mut paths, &mut components);
            }
            json!({
                "openapi": if flavour == Flavour::OpenApi30 { "3.0.3" } else { "3.1.0" },
                "info": info,
                "servers": [{ "url": format!("https://api.plotline.example{}", table.base) }],
                "paths": paths,
                "components": components,
            })
        }
    }
}

/// Moves the last path item to the components and refers to it, as larger documents do.
fn share_a_path_item(paths: &mut Map<String, Value>, components: &mut Value) {
    if let Some((_, item)) = paths.iter_mut().next_back() {
        let shared = std::mem::replace(item, json!({ "$ref": "#/components/pathItems/Shared" }));
        components["pathItems"] = json!({ "Shared": shared });
    }
}

fn company_header(flavour: Flavour) -> Value {
    let description = "The company in whose name the call is made.";
    let mut parameter = json!({ "name": super::COMPANY_HEADER, "in": "header", "description": description });
    parameter["required"] = Value::Bool(false);
    type_of(&mut parameter, flavour, "string");
    parameter
}

fn type_of(parameter: &mut Value, flavour: Flavour, name: &str) {
    if flavour == Flavour::Swagger20 {
        parameter["type"] = json!(name);
    } else {
        parameter["schema"] = json!({ "type": name });
    }
}

fn record() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "integer" },
            "created_at": { "type": "string", "format": "date-time" },
            "updated_at": { "type": "string", "format": "date-time" },
        },
    })
}

/// What all operations of a path share: its parameters.
fn path_item(operation: &Operation, flavour: Flavour) -> Value {
    let mut parameters: Vec<Value> = parameter_names(&operation.path)
        .map(|name| {
            let mut parameter = json!({ "name": name, "in": "path", "required": true });
            let kind = if name == "id" || name.ends_with("_id") { "integer" } else { "string" };
            type_of(&mut parameter, flavour, kind);
            parameter
        })
        .collect();
    if !operation.row.open {
        let place = if flavour == Flavour::Swagger20 { "parameters" } else { "components/parameters" };
        parameters.push(json!({ "$ref": format!("#/{place}/Company") }));
    }
    if parameters.is_empty() { json!({}) } else { json!({ "parameters": parameters }) }
}

/// The names between braces.
fn parameter_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

fn describe_operation(operation: &Operation, flavour: Flavour, today: Day, edition: Edition) -> Value {
    let row = &operation.row;
    let mut value = json!({
        "operationId": operation_id(operation),
        "summary": operation.summary,
        "responses": responses(operation, flavour),
    });
    if let Some(deprecation) = row.deprecation_in(edition) {
        // Announced for a later day: the date tells, the flag would say that it is so already.
        if deprecation.since <= 0 {
            value["deprecated"] = json!(true);
        }
        value["x-deprecated-at"] = json!(today.plus(deprecation.since).to_string());
        if let Some(sunset) = deprecation.sunset {
            value["x-sunset"] = json!(today.plus(sunset).to_string());
        }
        if let Some(by) = deprecation.replaced_by {
            value["x-replaced-by"] = json!(by);
        }
    }
    if row.internal {
        value["x-internal"] = json!(true);
    }
    if row.open {
        value["x-company-scoped"] = json!(false);
    }
    value
}

/// Method and path as one identifier: `get_projects_project_id_rfis`.
fn operation_id(operation: &Operation) -> String {
    let words = operation.path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(operation.method.to_ascii_lowercase(), |id, word| id + "_" + word)
}

fn responses(operation: &Operation, flavour: Flavour) -> Value {
    let (status, description) = match operation.method {
        "POST" => ("201", "Created"),
        "DELETE" => ("204", "Deleted"),
        _ => ("200", "Found"),
    };
    let mut response = json!({ "description": description });
    if status != "204" {
        let place = if flavour == Flavour::Swagger20 { "definitions" } else { "components/schemas" };
        let one = json!({ "$ref": format!("#/{place}/Record") });
        let schema = if operation.lists() { json!({ "type": "array", "items": one }) } else { one };
        if flavour == Flavour::Swagger20 {
            response["schema"] = schema;
        } else {
            response["content"] = json!({ "application/json": { "schema": schema } });
        }
    }
    let mut responses = Map::new();
    responses.insert(status.to_owned(), response);
    responses.insert("default".to_owned(), json!({ "description": "What went wrong" }));
    Value::Object(responses)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        "2026-11-21".parse().unwrap()
    }

    fn json_document(documents: &[Document], file_name: &str) -> Value {
        let document = documents.iter().find(|document| document.file_name == file_name).unwrap();
        serde_json::from_str(&document.text).unwrap()
    }

    #[test]
    fn the_documents_come_in_every_flavour() {
        let documents = documents(today());
        assert_eq!(json_document(&documents, "financials-v1.json")["swagger"], "2.0");
        assert_eq!(json_document(&documents, "project-management.json")["openapi"], "3.0.3");
        assert_eq!(json_document(&documents, "field.json")["openapi"], "3.1.0");
        assert!(documents[0].text.starts_with("\"openapi\": \"3.1.0\"\n"), "{}", &documents[0].text[..80]);
    }

    #[test]
    fn dates_count_from_today() {
        let document = json_document(&documents(today()), "financials-v1.json");
        let export = &document["paths"]["/projects/{project_id}/budget_lines/export"]["get"];
        assert_eq!(export["x-sunset"], "2026-12-31");
        assert_eq!(export["x-deprecated-at"], "2026-06-24");
        assert_eq!(export["deprecated"], true);
        let announced = &document["paths"]["/projects/{project_id}/requisitions"]["get"];
        assert_eq!(announced["deprecated"], Value::Null);
        assert_eq!(announced["x-deprecated-at"], "2026-12-21");
    }

    #[test]
    fn the_earlier_edition_lacks_what_is_new_and_has_what_is_gone() {
        let (now, before) = (documents(today()), documents_before(today()));
        let paths = |documents: &[Document], file_name| json_document(documents, file_name)["paths"].clone();
        let (rfis, bulletins) = ("/projects/{project_id}/rfis", "/projects/{project_id}/bulletins");
        assert!(paths(&now, "project-management-v1.1.json").get(rfis).is_some());
        assert!(paths(&before, "project-management-v1.1.json").get(rfis).is_none());
        assert!(paths(&now, "project-management.json").get(bulletins).is_none());
        assert!(paths(&before, "project-management.json").get(bulletins).is_some());
        let orders = &paths(&before, "financials-v1.json")["/projects/{project_id}/purchase_orders"]["get"];
        assert_eq!(orders.get("deprecated"), None);
    }

    #[test]
    fn the_same_day_gives_the_same_documents() {
        assert_eq!(documents(today()), documents(today()));
        assert_ne!(documents(today()), documents(today().plus(1)));
    }
}
