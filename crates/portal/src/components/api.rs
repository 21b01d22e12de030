//! The draft and the check of manifests for programs: an app's manifest can live beside its code.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::{self, HeaderMap};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use manifest::{Format, Manifest, Notice, Problem as Flaw, Purpose};
use serde::Serialize;
use serde_json::Value;
use service::{Error, Refusal};
use utoipa::{OpenApi, ToSchema};

use super::demand_registered;
use crate::Portal;
use crate::access::rights::{AnyScope, EditManifests, SeeManifests};
use crate::access::{InApp, Known};
use crate::apps::api::AppTypeWire;
use crate::fault::{ApiFault, Fault};
use crate::openapi::Problem;
use crate::query::Params;

/// What is wrong with a manifest.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ManifestProblem {
    /// Where in the document, as a JSON pointer (RFC 6901); empty for the whole.
    pub(crate) pointer: String,
    /// What is wrong and what to do.
    pub(crate) message: String,
    /// Which rule it breaks.
    #[schema(example = "unknown_view")]
    pub(crate) kind: String,
}

/// What was left out or changed on the way from another format.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ManifestNotice {
    /// Where in the document that was sent, as a JSON pointer.
    pub(crate) pointer: String,
    /// What became of it.
    pub(crate) message: String,
}

/// A draft.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DraftRead {
    /// Grows with each change; 0 where nothing was saved yet. The `ETag` is the same in quotes.
    pub(crate) revision: i64,
    /// The type that follows from the components; null without any.
    pub(crate) r#type: Option<AppTypeWire>,
    /// The manifest, in this platform's format.
    #[schema(value_type = Object)]
    pub(crate) manifest: Value,
    /// What keeps it from becoming a version.
    pub(crate) problems: Vec<ManifestProblem>,
    /// What was left out or changed on the way from another format, if one was sent.
    pub(crate) notices: Vec<ManifestNotice>,
}

/// A manifest as it was checked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ManifestChecked {
    /// Whether nothing is wrong with it.
    pub(crate) valid: bool,
    /// `1.0`, `4.1` or `3.x`; null where it is unknown.
    pub(crate) format: Option<String>,
    /// The type of app that follows; null without components or with problems.
    pub(crate) r#type: Option<AppTypeWire>,
    /// Everything that is wrong.
    pub(crate) problems: Vec<ManifestProblem>,
    /// What would be left out or changed on the way from another format.
    pub(crate) notices: Vec<ManifestNotice>,
    /// The same manifest in this platform's format; null with problems.
    #[schema(value_type = Option<Object>)]
    pub(crate) manifest: Option<Value>,
}

impl From<&Flaw> for ManifestProblem {
    fn from(problem: &Flaw) -> Self {
        let kind = serde_json::to_value(problem.kind).ok();
        let kind = kind.as_ref().and_then(Value::as_str).unwrap_or("invalid_value").to_owned();
        Self { pointer: problem.pointer.clone(), message: problem.message.clone(), kind }
    }
}

impl From<&Notice> for ManifestNotice {
    fn from(notice: &Notice) -> Self {
        Self { pointer: notice.pointer.clone(), message: notice.message.clone() }
    }
}

/// The type of a manifest, as the API names it.
pub(crate) fn type_of(manifest: &Manifest) -> Option<AppTypeWire> {
    manifest.app_type().map(AppTypeWire::from)
}

/// The draft of an app's manifest
#[utoipa::path(
    get, path = "/api/v1/apps/{app}/draft", tag = "manifests", operation_id = "read_draft",
    params(("app" = String, Path, description = "The app's id")),
    responses(
        (status = 200, body = DraftRead, headers(("ETag" = String, description = "The revision, in quotes"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read(
    State(portal): State<Portal>,
    seen: InApp<SeeManifests>,
    query: RawQuery,
) -> Result<Response, ApiFault> {
    Params::of_api(query, &[])?;
    demand_registered(&seen)?;
    Ok(answer(&portal, &seen.app.id, &[]).await?)
}

/// Replace the draft of an app's manifest
///
/// The body is the manifest itself, in this platform's format, 4.1 or 3.x. `If-Match` names the revision that it is
/// based on, as `ETag` had it (`"0"` where nothing was saved yet).
#[utoipa::path(
    put, path = "/api/v1/apps/{app}/draft", tag = "manifests", operation_id = "save_draft",
    params(
        ("app" = String, Path, description = "The app's id"),
        ("If-Match" = Option<String>, Header, description = "Has to be given: the revision that it is based on, in quotes: `\"3\"`"),
    ),
    request_body(content = Object, description = "The manifest"),
    responses(
        (status = 200, body = DraftRead, headers(("ETag" = String, description = "The revision, in quotes"))),
        (status = 412, body = Problem, content_type = "application/problem+json", description = "Somebody changed it"),
        (status = 428, body = Problem, content_type = "application/problem+json", description = "No `If-Match`"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn save(
    State(portal): State<Portal>,
    seen: InApp<EditManifests>,
    query: RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiFault> {
    Params::of_api(query, &[])?;
    demand_registered(&seen)?;
    demand_json(&headers)?;
    let based_on = match based_on(&headers) {
        Ok(revision) => revision,
        Err(condition) => return Ok(condition.answer()),
    };
    let app = &seen.app.id;
    match portal.steadfast.save_draft_document(app, &body, based_on, seen.caller.actor.doer()).await {
        Ok(saved) => Ok(answer(&portal, app, &saved.notices).await?),
        Err(Error::Refused(Refusal::Conflict(sentence))) => Ok(Condition::Failed(sentence).answer()),
        Err(other) => Err(other.into()),
    }
}

/// Check a manifest
///
/// Holds it against everything a version has to be, and saves nothing.
#[utoipa::path(
    post, path = "/api/v1/manifest/validate", tag = "manifests", operation_id = "validate_manifest",
    params(("purpose" = Option<String>, Query, pattern = "^(version|draft)?$", description = "`version` (the default) or `draft`, which may lack anything")),
    request_body(content = serde_json::Value, description = "The manifest; what is none is told as a problem of it"),
    responses(
        (status = 200, body = ManifestChecked),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn validate(
    State(portal): State<Portal>,
    _: Known<AnyScope>,
    query: RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<ManifestChecked>, ApiFault> {
    let params = Params::of_api(query, &["purpose"])?;
    let purpose = params.word("purpose", &["version", "draft"], |word| match word {
        "version" => Some(Purpose::Version),
        "draft" => Some(Purpose::Draft),
        _ => None,
    })?;
    demand_json(&headers)?;
    let rules = &portal.steadfast.platform.manifest_rules;
    let reading = manifest::check(&body, purpose.unwrap_or(Purpose::Version), rules);
    Ok(Json(ManifestChecked {
        valid: reading.problems.is_empty(),
        format: reading.format.map(|format| format_word(format).to_owned()),
        r#type: reading.manifest.as_ref().and_then(type_of),
        problems: reading.problems.iter().map(ManifestProblem::from).collect(),
        notices: reading.notices.iter().map(ManifestNotice::from).collect(),
        manifest: reading.manifest.as_ref().map(Manifest::to_json),
    }))
}

fn format_word(format: Format) -> &'static str {
    match format {
        Format::Own => manifest::SCHEMA_VERSION,
        Format::V4 => "4.1",
        Format::V3 => "3.x",
    }
}

/// The draft as it stands, with its revision as `ETag`.
async fn answer(portal: &Portal, app: &model::AppId, notices: &[Notice]) -> Result<Response, Fault> {
    let draft = portal.steadfast.draft(app).await?;
    let etag = HeaderValue::try_from(format!("\"{}\"", draft.revision)).map_err(|_| Fault::Broken)?;
    let read = DraftRead {
        revision: draft.revision,
        r#type: type_of(&draft.manifest),
        manifest: draft.manifest.to_json(),
        problems: draft.problems.iter().map(ManifestProblem::from).collect(),
        notices: notices.iter().map(ManifestNotice::from).collect(),
    };
    Ok(([(header::ETAG, etag)], Json(read)).into_response())
}

fn demand_json(headers: &HeaderMap) -> Result<(), Fault> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || essence == "application/schema+json" {
        return Ok(());
    }
    Err(Fault::WrongMediaType("send the manifest as JSON, with `Content-Type: application/json`".to_owned()))
}

/// Why a change that says what it is based on can't be made (RFC 9110, section 13; RFC 6585, section 3).
#[derive(Debug, PartialEq, Eq)]
enum Condition {
    /// It doesn't say it.
    Missing,
    /// What it says is no revision.
    Unreadable(String),
    /// It is based on something else.
    Failed(String),
}

impl Condition {
    fn answer(self) -> Response {
        let (status, title, detail) = match self {
            Self::Missing => (
                StatusCode::PRECONDITION_REQUIRED,
                "Say what this is based on",
                "send the header `If-Match` with the revision that `ETag` had, in quotes, such as `\"3\"`".to_owned(),
            ),
            Self::Unreadable(sentence) => (StatusCode::BAD_REQUEST, "The request can't be understood", sentence),
            Self::Failed(sentence) => (StatusCode::PRECONDITION_FAILED, "Somebody changed it meanwhile", sentence),
        };
        let problem = Problem {
            r#type: "about:blank".to_owned(),
            title: title.to_owned(),
            status: status.as_u16(),
            detail,
            errors: None,
        };
        let media_type = HeaderValue::from_static("application/problem+json");
        match serde_json::to_string(&problem) {
            Ok(body) => (status, [(header::CONTENT_TYPE, media_type)], body).into_response(),
            Err(error) => ApiFault(Fault::from(error)).into_response(),
        }
    }
}

/// The revision in `If-Match`.
fn based_on(headers: &HeaderMap) -> Result<i64, Condition> {
    let value = headers.get(header::IF_MATCH).ok_or(Condition::Missing)?;
    let text = value.to_str().unwrap_or_default().trim();
    let revision = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse().ok());
    revision.ok_or_else(|| {
        Condition::Unreadable(format!("`If-Match` is `{text}`, which is no revision; write it as `\"3\"`"))
    })
}

#[derive(OpenApi)]
#[openapi(
    paths(read, save, validate, crate::manifest_schema::show),
    components(schemas(ManifestProblem, ManifestNotice, DraftRead, ManifestChecked)),
    tags((name = "manifests", description = "What apps are made of: drafts, versions and promotion"))
)]
struct Document;

/// What this topic offers to programs.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_is_a_revision_in_quotes() {
        let of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_MATCH, HeaderValue::from_static(value));
            based_on(&headers)
        };
        assert_eq!(of("\"3\""), Ok(3));
        assert_eq!(of("\"0\""), Ok(0));
        for bad in ["3", "*", "W/\"3\"", "\"\"", "\"x\"", "\"1\", \"2\"", "\""] {
            assert!(matches!(of(bad), Err(Condition::Unreadable(_))), "{bad}");
        }
        assert_eq!(based_on(&HeaderMap::new()), Err(Condition::Missing));
    }
}
