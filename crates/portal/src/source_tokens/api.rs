//! The tokens of sources for programs. Making and revoking them asks for a session: no token makes another.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{SourceName, SourceToken, TokenId};
use serde::{Deserialize, Serialize};
use service::NewSourceToken;
use utoipa::{OpenApi, ToSchema};

use super::pages::NO_TOKEN;
use crate::Portal;
use crate::access::rights::{SeePlatform, SendCalls};
use crate::access::{BySession, Staff};
use crate::fault::{ApiFault, Fault};
use crate::form::JsonBody;
use crate::listing::{Listing, PAGING, Paging};
use crate::once::once;
use crate::openapi::Problem;
use crate::query::Params;
use crate::urls::platform::source_tokens_json;

/// A token of a source, without itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceToken)]
pub(crate) struct SourceTokenWire {
    #[schema(format = "uuid")]
    id: String,
    /// The source that its calls are counted under.
    source: String,
    /// Enough of it to tell it apart.
    hint: String,
    /// The apps whose calls it may send; all where there is none.
    apps: Vec<String>,
    /// The environments whose calls it may send; all where there is none.
    environments: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// Null where it does not expire.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// To within a minute; null if never.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

impl From<&SourceToken> for SourceTokenWire {
    fn from(token: &SourceToken) -> Self {
        Self {
            id: token.id.to_string(),
            source: token.source.to_string(),
            hint: token.hint.clone(),
            apps: token.apps.iter().map(ToString::to_string).collect(),
            environments: token.environments.iter().map(|environment| environment.key().to_owned()).collect(),
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.map(|at| at.to_string()),
            last_used_at: token.last_used_at.map(|at| at.to_string()),
        }
    }
}

/// A token that is wanted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceTokenNew {
    /// The ids of the apps whose calls it may send; all if there is none.
    #[serde(default)]
    #[schema(max_items = 1000, example = json!(["acme-erp"]))]
    apps: Vec<String>,
    /// Out of `production` and `sandbox`; both if there is none.
    #[serde(default)]
    #[schema(example = json!(["production"]))]
    environments: Vec<String>,
    /// The last day on which it is good; null or left out for one that does not expire.
    #[serde(default)]
    #[schema(format = Date, example = "2027-11-20")]
    expires: Option<String>,
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceTokenMade {
    /// What is known of it.
    #[serde(flatten)]
    item: SourceTokenWire,
    /// The token itself, shown this once; null where the same request was sent before.
    token: Option<String>,
}

fn source_in(path: Result<Path<String>, PathRejection>) -> Result<SourceName, Fault> {
    let Ok(Path(text)) = path else {
        return Err(Fault::BadRequest("the path is not UTF-8 once it is decoded".to_owned()));
    };
    text.parse().map_err(|error: model::SourceNameError| Fault::NotFound(error.to_string()))
}

/// The tokens of a source
#[utoipa::path(
    get, path = "/api/v1/sources/{source}/tokens", tag = "sources", operation_id = "list_source_tokens",
    params(("source" = String, Path, description = "Its name"), Paging),
    responses(
        (status = 200, body = Listing<SourceTokenWire>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    _staff: Staff<SeePlatform>,
    path: Result<Path<String>, PathRejection>,
    query: RawQuery,
) -> Result<Json<Listing<SourceTokenWire>>, ApiFault> {
    let params = Params::of_api(query, &PAGING)?;
    let mut tokens = portal.steadfast.source_tokens_of(&source_in(path)?).await?;
    tokens.sort_by_key(|token| token.id);
    let items = tokens.iter().map(SourceTokenWire::from).collect();
    Ok(Json(Listing::of(&params, items, |it: &SourceTokenWire| it.id.clone())?))
}

/// Make a token of a source
///
/// With it calls are sent, and nothing else is done. By session only, and with a recent proof of who is at the keyboard; at
/// the machine itself `steadfast sources token add` makes one too.
#[utoipa::path(
    post, path = "/api/v1/sources/{source}/tokens", tag = "sources", operation_id = "make_source_token",
    security(("session" = [])), request_body = SourceTokenNew,
    params(
        ("source" = String, Path, description = "Its name, 1 to 64 letters, digits, dots, underscores and hyphens; it need not be known before"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, it makes nothing")
    ),
    responses(
        (status = 201, body = SourceTokenMade),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn make(
    State(portal): State<Portal>,
    by: BySession,
    staff: Staff<SendCalls>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<SourceTokenNew>,
) -> Result<Response, ApiFault> {
    let source = source_in(path)?;
    let path = source_tokens_json(&source);
    let once = once(&staff.caller, &headers, &path, &body)?;
    let new = NewSourceToken {
        source: source.to_string(),
        apps: body.apps,
        environments: body.environments,
        expires: body.expires.unwrap_or_default(),
    };
    let made = portal.steadfast.make_source_token(Some(&by.session), &new, once.as_ref()).await?;
    let location = format!("{path}/{}", made.token.id);
    let wire = SourceTokenMade {
        item: SourceTokenWire::from(&made.token),
        token: made.secret.map(|secret| secret.reveal().to_owned()),
    };
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(wire)).into_response())
}

/// The token that a path names, of its source.
async fn named(portal: &Portal, path: Result<Path<(String, String)>, PathRejection>) -> Result<SourceToken, Fault> {
    let nowhere = || Fault::NotFound(NO_TOKEN.to_owned());
    let Ok(Path((source, token))) = path else { return Err(nowhere()) };
    let id: TokenId = token.parse().map_err(|_| nowhere())?;
    let token = portal.steadfast.source_token(id).await?;
    if token.source.as_str() == source { Ok(token) } else { Err(nowhere()) }
}

/// A token of a source, without itself
#[utoipa::path(
    get, path = "/api/v1/sources/{source}/tokens/{token}", tag = "sources", operation_id = "source_token",
    params(
        ("source" = String, Path, description = "Its name"),
        ("token" = String, Path, description = "The token's id")
    ),
    responses(
        (status = 200, body = SourceTokenWire),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read(
    State(portal): State<Portal>,
    _staff: Staff<SeePlatform>,
    path: Result<Path<(String, String)>, PathRejection>,
    query: RawQuery,
) -> Result<Json<SourceTokenWire>, ApiFault> {
    Params::of_api(query, &[])?;
    Ok(Json(SourceTokenWire::from(&named(&portal, path).await?)))
}

/// Revoke a token of a source
#[utoipa::path(
    delete, path = "/api/v1/sources/{source}/tokens/{token}", tag = "sources", operation_id = "revoke_source_token",
    security(("session" = [])),
    params(
        ("source" = String, Path, description = "Its name"),
        ("token" = String, Path, description = "The token's id")
    ),
    responses(
        (status = 204, description = "It is refused from now on"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn revoke(
    State(portal): State<Portal>,
    by: BySession,
    _staff: Staff<SendCalls>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, ApiFault> {
    let token = named(&portal, path).await?;
    portal.steadfast.revoke_source_token(by.caller.actor.doer(), token.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(OpenApi)]
#[openapi(
    paths(list, make, read, revoke),
    tags((name = "sources", description = "What sends calls, and the tokens with which it does"))
)]
struct Document;

/// What this topic offers to programs.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
