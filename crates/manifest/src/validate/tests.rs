use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::read::{Format, Reading, check, read, read_value};
use crate::sample::{FULL, valid_manifest};

fn version(document: &Value) -> Reading {
    check(document.to_string().as_bytes(), Purpose::Version, &Rules::example())
}

/// Where the problems are, with their kinds.
fn places(document: &Value) -> Vec<(String, ProblemKind)> {
    version(document).problems.into_iter().map(|problem| (problem.pointer, problem.kind)).collect()
}

/// The only problem.
fn problem(document: &Value) -> Problem {
    let mut problems = version(document).problems;
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.remove(0)
}

fn panel(members: &Value) -> Value {
    let mut panel = json!({ "source_url": "https://a.example.com/", "views": ["rfi.detail"] });
    for (key, value) in members.as_object().unwrap() {
        panel[key] = value.clone();
    }
    json!({ "schema_version": "1.0", "sidepanel": panel })
}

fn rights(company: &Value, project: &Value) -> Value {
    json!({
        "schema_version": "1.0",
        "data_connection": { "service_account": { "permissions": { "company": company, "project": project } } },
    })
}

#[test]
fn the_full_sample_is_right_and_comes_back_as_it_was() {
    let reading = check(FULL.as_bytes(), Purpose::Version, &Rules::example());
    assert_eq!(reading.problems, []);
    assert_eq!(reading.format, Some(Format::Own));
    let manifest = reading.manifest.unwrap();
    assert_eq!(manifest.app_type(), Some(model::AppType::Hybrid));
    assert_eq!(manifest.to_json(), serde_json::from_str::<Value>(FULL).unwrap());
    let keys: Vec<&str> =
        manifest.full_screen.iter().flat_map(|full| &full.page.parameters).map(|p| p.key.as_str()).collect();
    assert_eq!(keys, ["region", "camera_id"], "parameters keep their order");
}

#[test]
fn each_type_of_app_follows_from_its_components() {
    let full = json!({ "source_url": "https://a.example.com/" });
    for (document, expected) in [
        (json!({ "schema_version": "1.0", "data_connection": {} }), model::AppType::DataConnection),
        (json!({ "schema_version": "1.0", "fullscreen": full }), model::AppType::Embedded),
        (panel(&json!({})), model::AppType::Embedded),
        (json!({ "schema_version": "1.0", "data_connection": {}, "fullscreen": full }), model::AppType::Hybrid),
    ] {
        let reading = version(&document);
        assert_eq!(reading.manifest.and_then(|manifest| manifest.app_type()), Some(expected), "{:?}", reading.problems);
    }
}

#[test]
fn a_version_needs_a_component_and_a_draft_nothing() {
    let empty = json!({ "schema_version": "1.0" });
    assert_eq!(places(&empty), [(String::new(), ProblemKind::Missing)]);
    for draft in [empty, json!({ "schema_version": "1.0", "sidepanel": {}, "fullscreen": {} })] {
        let reading = check(draft.to_string().as_bytes(), Purpose::Draft, &Rules::example());
        assert_eq!(reading.problems, []);
        assert_eq!(reading.manifest.unwrap().to_json(), draft);
    }
}

#[test]
fn a_draft_must_be_right_in_what_it_has() {
    let panel = json!({ "source_url": "http://a.example.com/", "views": ["rfi.deta"] });
    let draft = json!({ "schema_version": "1.0", "sidepanel": panel });
    let problems = check(draft.to_string().as_bytes(), Purpose::Draft, &Rules::example()).problems;
    let places: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(places, ["/sidepanel/source_url", "/sidepanel/views/0"]);
}

#[test]
fn all_problems_come_at_once_with_their_places() {
    let document = json!({
        "schema_version": "1.0",
        "data_connection": {
            "service_account": { "permissions": {
                "company": { "documnets": "admin", "admin": "readonly" },
                "project": { "rfi": "all" },
            } },
        },
        "fullscren": {},
        "sidepanel": {
            "source_url": "http://a.example.com/",
            "views": ["rfi.detail", "rfi.detial", 5, "rfi.detail"],
            "user_configuration": { "schema": {
                "type": "object",
                "required": ["zone"],
                "properties": { "a/b": { "name": " x", "type": "text" } },
            } },
        },
        "post_installation_instruction": { "notes": "", "page": { "url": "https://help.example.com/" } },
    });
    let mut places = places(&document);
    places.sort();
    let here = "/sidepanel/user_configuration/schema";
    let expected = [
        ("/data_connection/service_account/permissions/company/admin".to_owned(), ProblemKind::LevelNotOffered),
        ("/data_connection/service_account/permissions/company/documnets".to_owned(), ProblemKind::UnknownTool),
        ("/data_connection/service_account/permissions/project/rfi".to_owned(), ProblemKind::InvalidValue),
        ("/fullscren".to_owned(), ProblemKind::UnknownKey),
        ("/post_installation_instruction/notes".to_owned(), ProblemKind::Missing),
        ("/post_installation_instruction/page/label".to_owned(), ProblemKind::Missing),
        ("/sidepanel/source_url".to_owned(), ProblemKind::InvalidUrl),
        (format!("{here}/properties/a~1b"), ProblemKind::InvalidValue),
        (format!("{here}/properties/a~1b/description"), ProblemKind::Missing),
        (format!("{here}/properties/a~1b/name"), ProblemKind::InvalidValue),
        (format!("{here}/properties/a~1b/type"), ProblemKind::InvalidValue),
        (format!("{here}/required/0"), ProblemKind::UnknownParameter),
        ("/sidepanel/views/1".to_owned(), ProblemKind::UnknownView),
        ("/sidepanel/views/2".to_owned(), ProblemKind::WrongType),
        ("/sidepanel/views/3".to_owned(), ProblemKind::Duplicate),
    ];
    assert_eq!(places, expected);
    assert!(version(&document).manifest.is_none());
}

#[test]
fn an_unknown_word_names_the_nearest_known_one() {
    let mut document = panel(&json!({}));
    document["fullscren"] = json!({});
    assert_eq!(problem(&document).message, "the key `fullscren` is unknown here; did you mean `fullscreen`?");
    assert_eq!(
        problem(&panel(&json!({ "views": ["rfi.detial"] }))).message,
        "the platform has no view `rfi.detial`; did you mean `rfi.detail`?"
    );
    assert_eq!(
        problem(&rights(&json!({ "document": "readonly" }), &json!({}))).message,
        "the platform has no tool `document` in the company; did you mean `documents`?"
    );
    let message =
        problem(&panel(&json!({ "source_url": "https://a.example.com/{{cmera}}", "user_configuration": { "schema": {
        "type": "object", "properties": { "camera": { "name": "C", "type": "string", "description": "D" } } } } })))
        .message;
    assert_eq!(message, "the URL has the parameter `cmera`, which isn't declared; declare it; did you mean `camera`?");
}

#[test]
fn levels_are_those_that_the_tool_offers_in_the_scope() {
    assert_eq!(places(&rights(&json!({ "admin": "admin" }), &json!({ "rfi": "standard" }))), []);
    let refused = problem(&rights(&json!({ "admin": "standard" }), &json!({})));
    assert_eq!(
        refused.message,
        "the tool `admin` doesn't offer `standard` in the company; choose one of `admin`, or leave it out"
    );
    // A tool of projects alone isn't one of the company.
    assert_eq!(problem(&rights(&json!({ "rfi": "readonly" }), &json!({}))).kind, ProblemKind::UnknownTool);
    assert_eq!(problem(&rights(&json!({ "rfi": "none" }), &json!({}))).kind, ProblemKind::InvalidValue);
}

#[test]
fn a_side_panel_needs_a_known_view() {
    let mut document = panel(&json!({}));
    document["sidepanel"].as_object_mut().unwrap().remove("views");
    assert_eq!(problem(&document).pointer, "/sidepanel/views");
    assert_eq!(problem(&panel(&json!({ "views": [] }))).pointer, "/sidepanel/views");
    assert_eq!(problem(&panel(&json!({ "views": ["photos.list"] }))).kind, ProblemKind::UnknownView);
    assert_eq!(problem(&panel(&json!({ "views": ["RFI.detail"] }))).kind, ProblemKind::InvalidValue);
    assert_eq!(places(&panel(&json!({ "views": ["commitments.purchase_orders.all", "commitments.list"] }))), []);
}

#[test]
fn texts_and_lists_are_bounded_by_characters() {
    assert_eq!(places(&panel(&json!({ "description": "é".repeat(limits::DESCRIPTION) }))), []);
    assert_eq!(
        problem(&panel(&json!({ "description": "é".repeat(limits::DESCRIPTION + 1) }))).kind,
        ProblemKind::TooLong
    );
    assert_eq!(problem(&panel(&json!({ "description": "a\u{0}b" }))).kind, ProblemKind::InvalidValue);
    assert_eq!(problem(&panel(&json!({ "description": "a\u{202e}b" }))).kind, ProblemKind::InvalidValue);
    assert_eq!(problem(&panel(&json!({ "description": "a\n" }))).kind, ProblemKind::InvalidValue);
    assert_eq!(places(&panel(&json!({ "description": "a\n\tb" }))), []);
    let long = "x".repeat(100_000);
    for problem in version(&panel(&json!({ "views": [long], (long.clone()): 1 }))).problems {
        assert!(problem.message.len() < 400, "{}", problem.message);
    }
}

#[test]
fn endless_lists_of_problems_are_cut() {
    let members: serde_json::Map<String, Value> = (0..5_000).map(|index| (format!("k{index}"), json!(1))).collect();
    let reading =
        version(&Value::Object([("schema_version".to_owned(), json!("1.0"))].into_iter().chain(members).collect()));
    assert_eq!(reading.problems.len(), 501);
    assert!(reading.problems[500].message.starts_with("and 4501 more"), "{:?}", reading.problems[500]);
}

#[test]
fn a_document_of_nothing_but_mistakes_is_answered_soon() {
    let keys: Vec<String> = (0..20_000).map(|index| format!("key{index}")).collect();
    let properties: serde_json::Map<String, Value> =
        keys.iter().take(3_000).map(|key| (format!("{key}x"), json!(1))).collect();
    let views: Vec<String> = keys.iter().map(|key| format!("a.{key}")).collect();
    let some = &keys[..10_000];
    for document in [
        panel(&json!({ "views": views })),
        panel(&json!({ "views": keys })),
        panel(&json!({ "user_configuration": { "schema": {
                "type": "object", "properties": properties, "required": some,
            } } })),
        rights(
            &keys.iter().map(|key| (key.clone(), json!("admin"))).collect::<serde_json::Map<_, _>>().into(),
            &json!({}),
        ),
    ] {
        let text = document.to_string();
        assert!(text.len() > crate::MAX_BYTES / 2, "{}", text.len());
        let text = if text.len() > crate::MAX_BYTES { &text[..crate::MAX_BYTES] } else { &text };
        assert!(!check(text.as_bytes(), Purpose::Version, &Rules::example()).problems.is_empty());
        let reading = crate::read::read_value(&document);
        assert!(reading.problems.len() <= 501);
        let form = crate::ManifestForm::from_fields(
            reading.problems.iter().map(|problem| (problem.pointer.clone(), "on".to_owned())),
        );
        assert!(!form.check(Purpose::Version, &Rules::example()).problems.is_empty());
    }
}

#[test]
fn other_documents_are_refused_in_a_sentence() {
    for (text, pointer, part) in [
        ("[]", "", "a manifest is a JSON object"),
        ("{}", "/schema_version", "is missing"),
        (r#"{"schema_version":1.0}"#, "/schema_version", "is a text"),
        (r#"{"schema_version":"2.0"}"#, "/schema_version", "`2.0` is unknown"),
        ("{", "", "not JSON"),
        (r#"{"schema_version":"1.0","data_connection":{},"data_connection":{}}"#, "/data_connection", "twice"),
        (r#"{"schema_version":"1.0","data_connection":null}"#, "/data_connection", "not null"),
    ] {
        let reading = check(text.as_bytes(), Purpose::Version, &Rules::example());
        assert_eq!(reading.problems.len(), 1, "{text}: {:?}", reading.problems);
        assert_eq!(reading.problems[0].pointer, pointer, "{text}");
        assert!(reading.problems[0].message.contains(part), "{}", reading.problems[0].message);
        assert!(reading.manifest.is_none());
    }
}

proptest! {
    #[test]
    fn documents_and_manifests_are_inverse(manifest in valid_manifest()) {
        prop_assert_eq!(validate(&manifest, Purpose::Version, &Rules::example()), []);
        let reading = read(manifest.to_json_text().as_bytes());
        prop_assert_eq!(&reading.problems, &[]);
        prop_assert_eq!(reading.manifest.as_ref(), Some(&manifest));
        let checked = crate::read::check_value(&manifest.to_json(), Purpose::Version, &Rules::example());
        prop_assert_eq!(checked.manifest.as_ref(), Some(&manifest));
        prop_assert_eq!(read_value(&manifest.to_json()).manifest, Some(manifest));
    }

    #[test]
    fn any_bytes_are_read_or_refused(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        let reading = check(&text, Purpose::Version, &Rules::example());
        prop_assert_eq!(reading.manifest.is_some(), reading.problems.is_empty());
    }
}
