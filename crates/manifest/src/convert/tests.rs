use serde_json::{Value, json};

use crate::read::{Format, Reading, check};
use crate::validate::{Purpose, Rules};

fn version(document: &Value) -> Reading {
    check(document.to_string().as_bytes(), Purpose::Version, &Rules::example())
}

/// The document of our own format that `document` becomes.
fn becomes(document: &Value) -> Value {
    let reading = version(document);
    reading.manifest.unwrap_or_else(|| panic!("{:#?}", reading.problems)).to_json()
}

fn v4() -> Value {
    json!({
        "schema_version": "4.1",
        "app_manifest": { "id": "0e5f", "name": "Cameras" },
        "post_installation_instruction": {
            "notes": "Sign in once.",
            "page": { "url": "https://help.example.com/start", "label": "First steps" },
        },
        "fullscreen": {
            "uuid": "5f1c6f0e-2d6e-4a4e-9a83-0d3f8f1ad0a1",
            "source_url": "https://app.example.com/{{procore.company.id}}/{{camera}}",
            "description": "",
            "user_configuration": { "schema": {
                "type": "object",
                "required": ["camera"],
                "properties": { "camera": {
                    "name": "Camera", "type": "string", "description": "Its number",
                    "support_link": { "url": "https://help.example.com/c", "label": "Where is it?" },
                } },
            } },
        },
        "sidepanel": {
            "uuid": "77f1a1b4-8b0c-4b7e-8f8d-0a5a4c1f5c55",
            "source_url": "https://app.example.com/panel",
            "description": "Beside RFIs",
            "views": ["rfi.detail", "commitments.purchase_orders.all"],
            "user_configuration": { "schema": {} },
        },
        "permissions": {
            "company": { "directory": "readonly" },
            "project": { "documents": "standard", "daily_log": "admin", "budgeting": "none" },
        },
    })
}

#[test]
fn a_document_of_4_1_is_one_of_ours_with_the_rights_moved() {
    let document = v4();
    assert_eq!(
        becomes(&document),
        json!({
            "schema_version": "1.0",
            "data_connection": { "service_account": { "permissions": {
                "company": { "directory": "readonly" },
                "project": { "documents": "standard", "daily_log": "admin" },
            } } },
            "fullscreen": {
                "source_url": "https://app.example.com/{{procore.company.id}}/{{camera}}",
                "user_configuration": document["fullscreen"]["user_configuration"],
            },
            "sidepanel": {
                "source_url": "https://app.example.com/panel",
                "description": "Beside RFIs",
                "views": ["rfi.detail", "commitments.purchase_orders.all"],
            },
            "post_installation_instruction": document["post_installation_instruction"],
        })
    );
    let reading = version(&document);
    assert_eq!(reading.format, Some(Format::V4));
    let places: Vec<&str> = reading.notices.iter().map(|notice| notice.pointer.as_str()).collect();
    assert_eq!(places, ["/app_manifest", "/fullscreen/uuid", "/sidepanel/uuid", "/permissions"]);
}

#[test]
fn problems_of_a_document_of_4_1_point_into_it() {
    let mut document = v4();
    document["permissions"]["project"]["documnets"] = json!("standard");
    document["permissions"]["people"] = json!({ "a": "readonly" });
    document["sidepanel"]["views"] = json!(["rfi.list"]);
    document["webhooks"] = json!([1]);
    let mut places: Vec<String> = version(&document).problems.into_iter().map(|problem| problem.pointer).collect();
    places.sort();
    assert_eq!(places, ["/permissions/people", "/permissions/project/documnets", "/sidepanel/views/0", "/webhooks"]);
}

#[test]
fn a_document_of_4_1_without_components_is_a_data_connection() {
    let ours = json!({ "schema_version": "1.0", "data_connection": {} });
    assert_eq!(becomes(&json!({ "schema_version": "4.1" })), ours);
    assert_eq!(
        becomes(
            &json!({ "schema_version": "4.1", "fullscreen": null, "permissions": { "company": {}, "project": {} } })
        ),
        ours
    );
    assert_eq!(becomes(&json!({ "schema_version": "4.1", "data_connection": {} })), ours);
}

#[test]
fn empty_rights_of_4_1_make_no_service_account() {
    let document = json!({
        "schema_version": "4.1",
        "fullscreen": { "source_url": "https://a.example.com" },
        "permissions": { "company": {}, "project": {} },
    });
    assert_eq!(
        becomes(&document),
        json!({ "schema_version": "1.0", "fullscreen": { "source_url": "https://a.example.com" } })
    );
}

#[test]
fn rights_in_two_places_are_refused() {
    let document = json!({
        "schema_version": "4.1",
        "data_connection": { "service_account": {} },
        "permissions": { "project": { "rfi": "readonly" } },
    });
    assert_eq!(version(&document).problems[0].pointer, "/permissions");
}

#[test]
fn a_document_of_3_x_loses_what_it_is_told_to_lose() {
    let document = json!({
        "schema_version": "3.2",
        "app_manifest": { "id": "x" },
        "post_installation_instruction": { "notes": "Hello" },
        "components": {
            "oauth": { "instances": [
                { "uid": "a", "uuid": "b", "name": "Login", "grant_type": "authorization_code" },
                { "uid": "c", "grant_type": "client_credentials" },
            ] },
            "iframe": { "instances": [
                { "name": "Full", "type": "fullscreen", "uuid": "d", "required": true,
                  "iframe_src": "https://a.example.com/{{zone}}",
                  "configuration": { "schema": { "properties": {
                      "zone": { "name": "Zone", "description": "Yours" },
                  } } } },
                { "type": "sidepanel", "iframe_src": "https://a.example.com/", "views": ["rfi.detail"],
                  "description": "Panel" },
            ] },
        },
    });
    assert_eq!(
        becomes(&document),
        json!({
            "schema_version": "1.0",
            "data_connection": { "service_account": {} },
            "fullscreen": {
                "source_url": "https://a.example.com/{{zone}}",
                "user_configuration": { "schema": {
                    "type": "object",
                    "properties": { "zone": { "name": "Zone", "type": "string", "description": "Yours" } },
                } },
            },
            "sidepanel": { "source_url": "https://a.example.com/", "views": ["rfi.detail"], "description": "Panel" },
            "post_installation_instruction": { "notes": "Hello" },
        })
    );
    let reading = version(&document);
    assert_eq!(reading.format, Some(Format::V3));
    let places: Vec<&str> = reading.notices.iter().map(|notice| notice.pointer.as_str()).collect();
    assert_eq!(
        places,
        [
            "/app_manifest",
            "/components/oauth/instances/0/uid",
            "/components/oauth/instances/0/uuid",
            "/components/oauth/instances/0/grant_type",
            "/components/oauth/instances/0/name",
            "/components/oauth/instances/1/grant_type",
            "/components/oauth/instances/1/uid",
            "/components/iframe/instances/0/name",
            "/components/iframe/instances/0/required",
            "/components/iframe/instances/0/uuid",
        ]
    );
}

#[test]
fn problems_of_a_document_of_3_x_point_into_it() {
    let document = json!({
        "schema_version": "3.0",
        "components": {
            "oauth": { "instances": [{ "scopes": "all" }], "more": 1 },
            "iframe": { "instances": [
                { "type": "sidepanel", "iframe_src": "http://a.example.com/", "views": ["rfi.list"], "size": 4,
                  "configuration": { "schema": { "properties": { "a b": { "name": "N", "description": "D" } } } } },
                { "type": "sidepanel" },
                { "type": "window" },
                7,
            ] },
            "agents": {},
            "webhooks": { "x": 1 },
        },
    });
    let mut places: Vec<String> = version(&document).problems.into_iter().map(|problem| problem.pointer).collect();
    places.sort();
    assert_eq!(
        places,
        [
            "/components/iframe/instances/0/configuration/schema/properties/a b",
            "/components/iframe/instances/0/iframe_src",
            "/components/iframe/instances/0/size",
            "/components/iframe/instances/0/views/0",
            "/components/iframe/instances/1",
            "/components/iframe/instances/2/type",
            "/components/iframe/instances/3",
            "/components/oauth/instances/0/scopes",
            "/components/oauth/more",
            "/components/webhooks",
        ]
    );
}

#[test]
fn a_parameter_about_which_nothing_is_said_is_not_lost() {
    let document = json!({ "schema_version": "4.1", "fullscreen": {
        "source_url": "https://a.example.com/", "user_configuration": { "schema": { "properties": { "zone": {} } } },
    } });
    let here = "/fullscreen/user_configuration/schema/properties/zone";
    let places: Vec<String> = version(&document).problems.into_iter().map(|problem| problem.pointer).collect();
    assert_eq!(places, [format!("{here}/name"), format!("{here}/description")]);
}
