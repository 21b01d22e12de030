//! The published schema and the validator say the same of documents, as far as a schema can say it.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::problem::{Problem, ProblemKind};
use crate::read::check;
use crate::sample::{FULL, valid_manifest};
use crate::validate::{Purpose, Rules};

fn schema() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(crate::SCHEMA).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// What only the platform or a parser of URLs can know.
fn beyond_a_schema(problem: &Problem) -> bool {
    let list_of_keys = problem.pointer.contains("/schema/required/");
    matches!(
        problem.kind,
        ProblemKind::UnknownView | ProblemKind::UnknownTool | ProblemKind::LevelNotOffered | ProblemKind::InvalidUrl
    ) || (problem.kind == ProblemKind::UnknownParameter && (list_of_keys || problem.pointer.ends_with("/source_url")))
}

fn agree(schema: &jsonschema::Validator, document: &Value) -> Result<(), TestCaseError> {
    let problems = check(document.to_string().as_bytes(), Purpose::Version, &Rules::example()).problems;
    let refused = problems.iter().any(|problem| !beyond_a_schema(problem));
    let errors: Vec<String> = schema.iter_errors(document).map(|error| error.to_string()).collect();
    if errors.is_empty() {
        prop_assert!(!refused, "the schema accepts what we refuse: {problems:#?}\n{document:#}");
    } else {
        prop_assert!(!problems.is_empty(), "the schema refuses what we accept: {errors:#?}\n{document:#}");
    }
    Ok(())
}

/// All places of a document.
fn places(value: &Value, here: &str, into: &mut Vec<String>) {
    into.push(here.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| places(value, &crate::problem::at(here, key), into)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{here}/{index}"), into));
        }
        _ => {}
    }
}

/// What becomes of one place.
#[derive(Clone, Debug)]
enum Mutation {
    Replace(Value),
    Remove,
    Add(String, Value),
    Repeat,
}

fn some_value() -> impl Strategy<Value = Value> {
    let texts = vec![
        "",
        "x",
        " x",
        "x\n",
        "a\nb",
        "a\rb",
        "\u{0}",
        "é\u{2028}",
        "\u{a0}",
        "admin",
        "readonly",
        "none",
        "string",
        "object",
        "1.0",
        "rfi.detail",
        "rfi.all",
        "rfi",
        "RFI.x",
        "https://a.example.com/{{x}}",
        "https://a.example.com/",
        "http://a.example.com",
        "https://a b",
        "region",
    ];
    let lengths = vec![99_usize, 100, 101, 999, 1_000, 1_001, 10_000, 10_001, 64, 65, 120, 121, 2_048, 2_049];
    let twice = json!(["rfi.detail", "rfi.detail"]);
    let others = vec![json!(null), json!(true), json!(1), json!([]), json!({}), json!([1]), json!({ "a": 1 }), twice];
    prop_oneof![
        6 => select(texts).prop_map(|text| json!(text)),
        1 => select(lengths).prop_map(|length| json!("é".repeat(length))),
        3 => select(others),
    ]
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let keys = vec![
        "data_connection",
        "fullscreen",
        "sidepanel",
        "description",
        "views",
        "service_account",
        "permissions",
        "company",
        "project",
        "documents",
        "schema",
        "required",
        "properties",
        "support_link",
        "label",
        "url",
        "notes",
        "page",
        "x",
        "A b",
        "",
        "name",
        "user_configuration",
        "$schema",
    ];
    prop_oneof![
        some_value().prop_map(Mutation::Replace),
        Just(Mutation::Remove),
        (select(keys), some_value()).prop_map(|(key, value)| Mutation::Add(key.to_owned(), value)),
        Just(Mutation::Repeat),
    ]
}

fn mutate(document: &mut Value, place: &Index, mutation: Mutation) {
    let mut all = Vec::new();
    places(document, "", &mut all);
    let place = place.get(&all).clone();
    match mutation {
        Mutation::Replace(value) => *document.pointer_mut(&place).unwrap() = value,
        Mutation::Remove => {
            let Some((parent, key)) = place.rsplit_once('/') else { return };
            match document.pointer_mut(parent).unwrap() {
                Value::Object(map) => {
                    map.shift_remove(&key.replace("~1", "/").replace("~0", "~"));
                }
                Value::Array(items) => {
                    items.remove(key.parse().unwrap());
                }
                _ => {}
            }
        }
        Mutation::Add(key, value) => {
            if let Some(map) = document.pointer_mut(&place).unwrap().as_object_mut() {
                map.insert(key, value);
            }
        }
        Mutation::Repeat => {
            if let Some(items) = document.pointer_mut(&place).unwrap().as_array_mut() {
                items.extend(items.first().cloned());
            }
        }
    }
}

#[test]
fn the_schema_is_a_good_schema_with_its_name() {
    let document: Value = serde_json::from_str(crate::SCHEMA).unwrap();
    assert!(jsonschema::meta::is_valid(&document));
    assert_eq!(document["$id"], "urn:steadfast:manifest:1.0");
    assert_eq!(document["properties"]["schema_version"]["const"], crate::SCHEMA_VERSION);
}

#[test]
fn the_schema_refuses_what_it_should() {
    let schema = schema();
    assert!(schema.is_valid(&serde_json::from_str(FULL).unwrap()));
    for document in [
        json!({}),
        json!({ "schema_version": "1.0" }),
        json!({ "schema_version": "4.1", "data_connection": {} }),
        json!({ "schema_version": "1.0", "data_connection": { "more": 1 } }),
        json!({ "schema_version": "1.0", "sidepanel": { "source_url": "https://a.example.com/" } }),
        json!({ "schema_version": "1.0", "fullscreen": { "source_url": "http://a.example.com/" } }),
    ] {
        assert!(!schema.is_valid(&document), "{document}");
    }
}

#[test]
fn they_agree_on_every_bound() {
    let schema = schema();
    let full: Value = serde_json::from_str(FULL).unwrap();
    let texts = [
        "/fullscreen/description",
        "/fullscreen/source_url",
        "/sidepanel/views/0",
        "/post_installation_instruction/notes",
        "/post_installation_instruction/page/label",
        "/post_installation_instruction/page/url",
        "/fullscreen/user_configuration/schema/properties/region/name",
    ];
    for place in texts {
        for length in [0, 1, 64, 65, 100, 101, 120, 121, 1_000, 1_001, 2_048, 2_049, 10_000, 10_001] {
            let mut document = full.clone();
            *document.pointer_mut(place).unwrap() = json!("é".repeat(length));
            agree(&schema, &document).unwrap();
            let longest = if place.ends_with("url") {
                format!("https://a.example.com/{}", "a".repeat(length))
            } else {
                format!("a.{}", "b".repeat(length))
            };
            *document.pointer_mut(place).unwrap() = json!(longest);
            agree(&schema, &document).unwrap();
        }
    }
    for (place, value) in [
        ("/data_connection/service_account/permissions/project", json!("readonly")),
        (
            "/fullscreen/user_configuration/schema/properties",
            full["fullscreen"]["user_configuration"]["schema"]["properties"]["region"].clone(),
        ),
    ] {
        for count in [0, 1, 47, 48, 49, 50, 51, 198, 199, 200, 201] {
            let mut document = full.clone();
            let map = document.pointer_mut(place).unwrap().as_object_mut().unwrap();
            map.extend((0..count).map(|index| (format!("k{index}"), value.clone())));
            agree(&schema, &document).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_schema_accepts_every_valid_manifest(manifest in valid_manifest()) {
        let document = manifest.to_json();
        let errors: Vec<String> = schema().iter_errors(&document).map(|error| error.to_string()).collect();
        prop_assert!(errors.is_empty(), "{:?}", errors);
    }

    #[test]
    fn they_agree_on_damaged_documents(
        manifest in valid_manifest(),
        mutations in vec((any::<Index>(), mutation()), 1..4),
        sample in any::<bool>(),
    ) {
        let mut document = if sample { serde_json::from_str(FULL).unwrap() } else { manifest.to_json() };
        for (place, mutation) in mutations {
            mutate(&mut document, &place, mutation);
        }
        // Of other formats the schema says nothing.
        if document.get("schema_version").and_then(Value::as_str) == Some("1.0") {
            agree(&schema(), &document)?;
        }
    }
}
