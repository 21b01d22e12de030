//! Drafts through the portal: by form, by JSON and by the API, as each of those who may and may not.

use std::sync::Arc;

use axum::http::{Method, Request, StatusCode};
use manifest::{ManifestForm, Rules};
use model::{AppId, AppRole, MemberRole, Scope};
use serde_json::{Value, json};

use super::samples::{HYBRID, manifest_of};
use crate::testing::{Answer, Asks, TestPerson, TestPortal};

/// A portal with an app, its people, and the example's views and tools.
pub(crate) struct World {
    pub(crate) portal: TestPortal,
    pub(crate) app: AppId,
    pub(crate) owner: TestPerson,
    pub(crate) developer: TestPerson,
    pub(crate) other: TestPerson,
}

impl World {
    pub(crate) async fn new() -> Self {
        let mut portal = TestPortal::empty();
        portal.steadfast.platform.manifest_rules = Arc::new(Rules::example());
        let owner = portal.person("owner").await;
        let developer = portal.person("developer").await;
        let other = portal.person("other").await;
        let organisation = portal.organisation("Acme", &[(&owner, MemberRole::Admin)]).await;
        let app = portal.app("acme", organisation, &[(&owner, AppRole::Owner), (&developer, AppRole::Developer)]).await;
        Self { portal, app, owner, developer, other }
    }

    /// Saves a draft as the owner, by the API.
    pub(crate) async fn draft(&self, document: &str) {
        let revision = self.portal.steadfast.draft(&self.app).await.unwrap().revision;
        let answer = self.put_draft(&self.owner, &format!("\"{revision}\""), document).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }

    pub(crate) async fn put_draft(&self, who: &impl Asks, if_match: &str, document: &str) -> Answer {
        let request = who
            .sign(Request::put("/api/v1/apps/acme/draft"))
            .header("host", "localhost:8080")
            .header("content-type", "application/json");
        let request = if if_match.is_empty() { request } else { request.header("if-match", if_match) };
        self.portal.send(request.body(document.to_owned().into()).unwrap()).await
    }

    /// Saves the draft as a version, and returns its id.
    pub(crate) async fn version(&self, number: &str) -> String {
        let revision = self.portal.steadfast.draft(&self.app).await.unwrap().revision;
        let body = json!({"number": number, "revision": revision});
        let answer = self.portal.api(&self.owner, Method::POST, "/api/v1/apps/acme/versions", Some(body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn promote(&self, version: &str) {
        let url = format!("/api/v1/apps/acme/versions/{version}/promotion");
        let answer = self.portal.api(&self.owner, Method::POST, &url, Some(json!({"release_notes": "All new"}))).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }

    async fn saved(&self) -> Value {
        self.portal.steadfast.draft(&self.app).await.unwrap().manifest.to_json()
    }

    /// Sends the form of the page as a browser would.
    async fn post_form(&self, who: &impl Asks, fields: &[(&str, &str)]) -> Answer {
        self.portal.post_as(who, "/apps/acme/components", fields).await
    }
}

/// The fields that a browser would send from a page: what is typed, ticked and chosen.
fn sent_by(page: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let text = text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
        text.replace("&#38;", "&")
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
    };
    let (_, page) = page.split_once("<form class=\"form wide draft\"").unwrap();
    let (page, _) = page.split_once("</form>").unwrap();
    let attribute = |tag: &str, name: &str| -> Option<String> {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(decode(rest.split('"').next()?))
    };
    let is_box = |tag: &str| tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"");
    let is_ticked = |tag: &str| tag.ends_with(" checked") || tag.contains(" checked ");
    let mut fields = Vec::new();
    let mut select: Option<String> = None;
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = attribute(tag, "name");
        let value = attribute(tag, "value").unwrap_or_default();
        match tag.split_whitespace().next().unwrap_or_default() {
            "input" if is_box(tag) && !is_ticked(tag) => {}
            "input" => fields.push((name.unwrap(), value)),
            "textarea" => fields.push((name.unwrap(), decode(text.strip_prefix('\n').unwrap_or(text)))),
            "select" => select = name,
            "option" if tag.ends_with(" selected") => fields.push((select.clone().unwrap(), value)),
            _ => {}
        }
    }
    fields
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn a_hybrid_goes_through_the_form_without_loss() {
    let world = World::new().await;
    world.draft(HYBRID).await;
    let page = world.portal.get_as(&world.developer, "/apps/acme/components").await;
    assert!(page.body.contains("Hybrid"), "{}", page.body);
    let mut fields = sent_by(&world.portal.get_as(&world.owner, "/apps/acme/components").await.body);
    for (_, value) in fields.iter_mut().filter(|(name, _)| name == "fullscreen.description") {
        value.push_str(" <all>");
    }
    let answer = world.post_form(&world.owner, &borrowed(&fields)).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, "/apps/acme/components?done=saved"),
        "{}",
        answer.body
    );
    let mut expected: Value = serde_json::from_str(HYBRID).unwrap();
    expected["fullscreen"]["description"] = json!("All cameras of the site <all>");
    assert_eq!(world.saved().await, manifest_of(&expected.to_string()).to_json());
    assert_eq!(world.portal.steadfast.draft(&world.app).await.unwrap().revision, 2);
    let app = world.portal.steadfast.store.app(&world.app).await.unwrap().unwrap();
    assert_eq!(app.components.len(), 3, "until there is a version, the draft says what the app is");
}

#[tokio::test]
async fn saving_what_is_there_changes_nothing() {
    let world = World::new().await;
    world.draft(HYBRID).await;
    let fields = sent_by(&world.portal.get_as(&world.owner, "/apps/acme/components").await.body);
    assert_eq!(world.post_form(&world.owner, &borrowed(&fields)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.portal.steadfast.draft(&world.app).await.unwrap().revision, 1);
}

#[tokio::test]
async fn a_row_more_and_a_row_less_save_nothing_and_lose_nothing() {
    let world = World::new().await;
    let typed = [
        ("revision", "0"),
        ("fullscreen", "on"),
        ("fullscreen.source_url", "http://not yet right"),
        ("fullscreen.param.0.key", "region"),
        ("sidepanel.views", "rfi.detail"),
        ("add", "fullscreen"),
    ];
    let page = world.post_form(&world.owner, &typed).await;
    assert_eq!(page.status, StatusCode::OK);
    let fields = sent_by(&page.body);
    let form = ManifestForm::from_fields(fields.clone());
    assert_eq!(form.value("fullscreen.source_url"), "http://not yet right");
    assert_eq!(form.value("fullscreen.param.0.key"), "region");
    assert_eq!(form.rows(manifest::Embedded::FullScreen), [0, 1]);
    assert_eq!(form.views(), ["rfi.detail"]);
    assert!(page.body.contains("name=\"fullscreen.param.1.key\" type=\"text\" class=\"code\" value=\"\" autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\" autofocus"));
    let mut fields = borrowed(&fields);
    fields.push(("remove", "fullscreen.0"));
    let page = world.post_form(&world.owner, &fields).await;
    let form = ManifestForm::from_fields(sent_by(&page.body));
    assert_eq!(form.rows(manifest::Embedded::FullScreen), [0]);
    assert_eq!(form.value("fullscreen.param.0.key"), "");
    assert_eq!(world.portal.steadfast.draft(&world.app).await.unwrap().revision, 0);
}

#[tokio::test]
async fn all_problems_stand_beside_their_fields_and_what_was_typed_stays() {
    let world = World::new().await;
    let typed = [
        ("revision", "0"),
        ("service_account", "on"),
        ("fullscreen", "on"),
        ("fullscreen.source_url", "http://a.example.com/"),
        ("sidepanel", "on"),
        ("sidepanel.source_url", "https://a.example.com/{{camera}}"),
        ("sidepanel.views", "rfis.detail"),
        ("post_installation.page_url", "javascript:alert(1)"),
    ];
    let answer = world.post_form(&world.owner, &typed).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for expected in [
        "id=\"f-service-account-flaw\"",
        "id=\"f-fullscreen-source-url-flaw\"",
        "id=\"f-sidepanel-source-url-flaw\"",
        "id=\"views-flaw\"",
        "id=\"f-post-installation-page-url-flaw\"",
        "href=\"#f-fullscreen-source-url\"",
        "did you mean `rfi.detail`",
        "value=\"http://a.example.com/\"",
        "value=\"rfis.detail\" checked",
    ] {
        assert!(answer.body.contains(expected), "{expected} in {}", answer.body);
    }
    assert_eq!(world.portal.steadfast.draft(&world.app).await.unwrap().revision, 0);
}

#[tokio::test]
async fn something_filled_in_but_not_ticked_is_no_silent_loss() {
    let world = World::new().await;
    let typed = [("revision", "0"), ("data_connection", "on"), ("fullscreen.source_url", "https://a.example.com/")];
    let answer = world.post_form(&world.owner, &typed).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.body.contains("id=\"f-fullscreen-flaw\"") && answer.body.contains("value=\"https://a.example.com/\"")
    );
}

#[tokio::test]
async fn who_comes_second_sees_both() {
    let world = World::new().await;
    world.draft(HYBRID).await;
    let typed = [("revision", "0"), ("data_connection", "on"), ("post_installation.notes", "Mine")];
    let answer = world.post_form(&world.owner, &typed).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(
        answer.body.contains("cameras.example.com") && answer.body.contains(">\nMine</textarea>"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("name=\"revision\" value=\"1\""));
    let json = [("revision", "0"), ("document", "{\"schema_version\":\"1.0\",\"data_connection\":{}}")];
    let answer = world.portal.post_as(&world.owner, "/apps/acme/components/json", &json).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(
        answer.body.contains("cameras.example.com") && answer.body.contains("&#34;data_connection&#34;:{}}</textarea>"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn the_json_page_takes_other_formats_and_tells_what_became_of_them() {
    let world = World::new().await;
    let legacy = json!({
        "schema_version": "4.1",
        "app_manifest": {"uid": "1", "name": "Old"},
        "sidepanel": {"uuid": "x", "source_url": "https://a.example.com/{{procore.company.id}}", "views": ["rfi.detail"]},
    });
    let fields = [("revision", "0"), ("document", &legacy.to_string())];
    let answer = world.portal.post_as(&world.owner, "/apps/acme/components/json", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(answer.body.contains("/app_manifest") && answer.body.contains("The draft was saved"), "{}", answer.body);
    assert_eq!(world.saved().await["sidepanel"]["views"], json!(["rfi.detail"]));
    let bad =
        [("revision", "1"), ("document", "{\"schema_version\":\"1.0\",\"sidepanel\":{\"source_url\":1,\"x\":2}}")];
    let answer = world.portal.post_as(&world.owner, "/apps/acme/components/json", &bad).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.body.contains("<code>/sidepanel/source_url</code>") && answer.body.contains("<code>/sidepanel/x</code>")
    );
}

#[tokio::test]
async fn a_developer_reads_and_nobody_else_sees_anything() {
    let world = World::new().await;
    world.draft(HYBRID).await;
    for url in ["/apps/acme/components", "/apps/acme/components/json"] {
        let page = world.portal.get_as(&world.developer, url).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("Save the draft"), "{url}");
        assert_eq!(world.portal.post_as(&world.developer, url, &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(world.portal.get_as(&world.other, url).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_discovered_app_has_no_manifest() {
    let portal = TestPortal::with_refusals("found", 10).await;
    let operator = portal.operator().await;
    for url in ["/apps/found/components", "/apps/found/versions", "/apps/found/credentials", "/api/v1/apps/found/draft"]
    {
        assert_eq!(portal.get_as(&operator, url).await.status, StatusCode::NOT_FOUND, "{url}");
    }
}

#[tokio::test]
async fn harmful_texts_are_texts() {
    let world = World::new().await;
    let evil = "</textarea><script>alert(1)</script>\"'>";
    let document = json!({
        "schema_version": "1.0",
        "sidepanel": {
            "source_url": "https://a.example.com/{{key}}",
            "description": evil,
            "views": ["rfi.detail"],
            "user_configuration": {"schema": {"type": "object", "properties": {"key": {"name": evil, "type": "string", "description": evil}}}},
        },
        "post_installation_instruction": {"notes": evil, "page": {"url": "https://a.example.com/?q=%22%3E", "label": evil}},
    });
    world.draft(&document.to_string()).await;
    let version = world.version("0.1.0").await;
    let answer = world
        .portal
        .post_as(&world.owner, &format!("/apps/acme/versions/{version}/promote"), &[("release_notes", evil)])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let bad_url = [("revision", "1"), ("sidepanel", "on"), ("sidepanel.source_url", evil)];
    let refused = world.post_form(&world.owner, &bad_url).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let tried = world
        .portal
        .get_as(
            &world.owner,
            &format!("/apps/acme/components/preview?page=sidepanel&sidepanel.p.key={}", crate::urls::segment(evil)),
        )
        .await;
    assert!(tried.body.contains("https://a.example.com/%3C%2Ftextarea%3E"), "{}", tried.body);
    let mut pages = vec![refused, tried];
    for url in ["components", "components/json", "versions", &format!("versions/{version}")] {
        pages.push(world.portal.get_as(&world.owner, &format!("/apps/acme/{url}")).await);
    }
    for page in pages {
        assert!(!page.body.contains("<script>alert"), "{}", page.body);
        assert!(!page.body.contains("\"'>\""), "{}", page.body);
    }
}

#[tokio::test]
async fn the_api_holds_to_the_revision() {
    let world = World::new().await;
    let read = world.portal.get_as(&world.developer, "/api/v1/apps/acme/draft").await;
    assert_eq!((read.header("etag"), &read.json()["revision"]), ("\"0\"", &json!(0)));
    let missing = world.put_draft(&world.owner, "", HYBRID).await;
    assert_eq!((missing.status, missing.json()["status"].clone()), (StatusCode::PRECONDITION_REQUIRED, json!(428)));
    let saved = world.put_draft(&world.owner, "\"0\"", HYBRID).await;
    assert_eq!((saved.status, saved.header("etag")), (StatusCode::OK, "\"1\""));
    assert_eq!(saved.json()["type"], "hybrid");
    assert_eq!(saved.json()["problems"], json!([]));
    let late = world.put_draft(&world.owner, "\"0\"", "{\"schema_version\":\"1.0\"}").await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let wrong = world
        .put_draft(&world.owner, "\"1\"", "{\"schema_version\":\"1.0\",\"x\":1,\"sidepanel\":{\"views\":[\"y\"]}}")
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = wrong.json()["errors"].clone();
    let named = |field: &str| errors.as_array().unwrap().iter().any(|error| error["field"] == field);
    assert!(named("/x") && named("/sidepanel/views/0"), "{errors}");
    let token = world.portal.token(&world.owner, &[Scope::AppsRead]).await;
    assert_eq!(world.put_draft(&token, "\"1\"", HYBRID).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_manifest_is_checked_without_saving_anything() {
    let world = World::new().await;
    let check = async |url: &str, document: Value| {
        world.portal.api(&world.other, Method::POST, url, Some(document)).await.json()
    };
    let good = check("/api/v1/manifest/validate", serde_json::from_str(HYBRID).unwrap()).await;
    assert_eq!((&good["valid"], &good["type"], &good["format"]), (&json!(true), &json!("hybrid"), &json!("1.0")));
    let draft = json!({"schema_version": "1.0"});
    assert_eq!(check("/api/v1/manifest/validate", draft.clone()).await["valid"], false);
    assert_eq!(check("/api/v1/manifest/validate?purpose=draft", draft).await["valid"], true);
    let legacy = json!({"schema_version": "4.1", "app_manifest": {"name": "x"}, "sidepanel": {"source_url": "https://a.example.com/", "views": ["nope.detail"]}});
    let answer = check("/api/v1/manifest/validate", legacy).await;
    assert_eq!(answer["problems"][0]["kind"], "unknown_view");
    assert_eq!(answer["notices"][0]["pointer"], "/app_manifest");
}

#[tokio::test]
async fn the_schema_is_public() {
    let world = World::new().await;
    let schema = world.portal.get("/api/v1/manifest.schema.json").await;
    assert_eq!((schema.status, schema.header("content-type")), (StatusCode::OK, "application/schema+json"));
    assert_eq!(schema.json()["$id"], "urn:steadfast:manifest:1.0");
}
