//! The OpenAPI document: each topic describes its own calls, and here they are put together.

use std::collections::HashMap;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

/// What an error tells a program (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Always `about:blank`: the status says which problem it is.
    #[schema(example = "about:blank")]
    pub(crate) r#type: String,
    /// The problem in a few words.
    pub(crate) title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub(crate) status: u16,
    /// What happened and what to do.
    pub(crate) detail: String,
    /// Every field that is wrong, where fields are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) errors: Option<Vec<ProblemError>>,
}

/// What is wrong with one field.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemError {
    /// The field's name, or a JSON pointer into a manifest.
    pub(crate) field: String,
    /// What is wrong and what to do.
    pub(crate) detail: String,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Steadfast",
        description = "The app platform of a public API: apps and their health, people, versions and credentials.\n\n\
            Programs send an API token (`Authorization: Bearer stf_…`); pages send the session's cookie, and with \
            whatever changes something the header `X-CSRF-Token`. Errors are problem documents (RFC 9457). Requests \
            that create something may carry an `Idempotency-Key`: sent again, they create nothing twice.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/")),
    components(schemas(Problem, ProblemError)),
    security(("token" = []), ("session" = [])),
    modifiers(&Schemes)
)]
struct Frame;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API token")).build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            "steadfast_session",
            "The cookie of a signed-in browser; over TLS its name begins with `__Host-`",
        ));
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    }
}

/// The whole document.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    let mut document = Frame::openapi();
    for topic in TOPICS {
        document.merge(topic());
    }
    name_operations(&mut document);
    document
}

/// Names calls of the same name after their method and path: topics don't know each other's names.
fn name_operations(document: &mut utoipa::openapi::OpenApi) {
    let mut used: HashMap<String, usize> = HashMap::new();
    for_each_call(document, |_, _, call| *used.entry(call.operation_id.clone().unwrap_or_default()).or_default() += 1);
    for_each_call(document, |method, path, call| {
        if call.operation_id.as_ref().is_none_or(|name| used.get(name).is_some_and(|number| *number > 1)) {
            let words: Vec<&str> =
                path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).skip(2).collect();
            call.operation_id = Some(format!("{method}_{}", words.join("_")));
        }
    });
}

fn for_each_call(document: &mut utoipa::openapi::OpenApi, mut each: impl FnMut(&str, &str, &mut Operation)) {
    for (path, item) in &mut document.paths.paths {
        let calls = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, call) in calls {
            if let Some(call) = call {
                each(method, path, call);
            }
        }
    }
}

/// The topics, each with its own calls.
const TOPICS: &[fn() -> utoipa::openapi::OpenApi] = &[
    crate::organisations::api::document,
    crate::people::api::document,
    crate::audit::api::document,
    crate::accounts::api::document,
    crate::apps::api::document,
    crate::app_settings::api::document,
    crate::collaborators::api::document,
    crate::invitations::api::document,
    crate::claims::api::document,
    crate::activity::api::document,
    crate::app_health::api::document,
    crate::calls::api::document,
    crate::platform::api::document,
    crate::platform::sources_api::document,
    crate::source_tokens::api::document,
    crate::alerts::api::document,
    crate::components::api::document,
    crate::versions::api::document,
    crate::credentials::api::document,
];

/// `GET /api/v1/openapi.json`
pub(crate) async fn show() -> Response {
    match document().to_json() {
        Ok(json) => ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response(),
        Err(error) => crate::fault::ApiFault(crate::fault::Fault::from(error)).into_response(),
    }
}
