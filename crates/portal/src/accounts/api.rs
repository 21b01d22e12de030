//! One's own account for programs: who one is, one's sessions and tokens.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{ApiToken, Person, Scope, Session, SessionId};
use serde::{Deserialize, Serialize};
use service::{MadeToken, NewToken, TOKEN_DAYS};
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type};
use utoipa::{OpenApi, ToSchema};

use super::browsers::browser;
use super::sessions::session_in;
use super::tokens::token_in;
use crate::Portal;
use crate::access::rights::{AnyScope, PeopleRead, PeopleWrite};
use crate::access::{BySession, SignedIn};
use crate::fault::{ApiFault, Fault};
use crate::form::JsonBody;
use crate::listing::Listing;
use crate::once::once;
use crate::openapi::Problem;
use crate::query::Params;
use crate::urls;

/// The calls of this topic.
#[derive(OpenApi)]
#[openapi(
    paths(me, rename, sessions, session, end_session, tokens, token, make_token, revoke_token),
    components(schemas(Me, MeChange, SessionItem, TokenItem, TokenRequest, TokenMade)),
    tags((name = "me", description = "One's own account"))
)]
struct Calls;

/// The calls of this topic, described.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Calls::openapi()
}

/// A person, to themselves.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = Email)]
    email: String,
    name: String,
    /// `operator`, `reviewer`, `auditor` or null.
    platform_role: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<&Person> for Me {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id.to_string(),
            email: person.email.to_string(),
            name: person.name.clone(),
            platform_role: person.platform_role.map(|role| role.key().to_owned()),
            created_at: person.created_at.to_string(),
        }
    }
}

/// What one may change of oneself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeChange {
    /// Another name, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")]
    name: String,
}

/// A browser that is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionItem {
    #[schema(format = "uuid")]
    id: String,
    /// `Firefox on Windows`
    browser: String,
    /// As the browser names itself.
    user_agent: String,
    /// Where it was opened from.
    address: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// To within five minutes.
    #[schema(format = DateTime)]
    last_used_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    /// Whether it is the one that asks.
    current: bool,
}

impl SessionItem {
    fn new(session: &Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.to_string(),
            browser: browser(&session.user_agent),
            user_agent: session.user_agent.clone(),
            address: session.address.clone(),
            created_at: session.created_at.to_string(),
            last_used_at: session.last_used_at.to_string(),
            expires_at: session.expires_at.to_string(),
            current: current == Some(session.id),
        }
    }
}

/// An API token, without itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenItem {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    /// Enough of it to tell it apart.
    hint: String,
    scopes: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    /// To within five minutes; null if never.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

impl From<&ApiToken> for TokenItem {
    fn from(token: &ApiToken) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name.clone(),
            hint: token.hint.clone(),
            scopes: token.scopes.iter().map(|scope| scope.key().to_owned()).collect(),
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.to_string(),
            last_used_at: token.last_used_at.map(|at| at.to_string()),
        }
    }
}

/// A token that is wanted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenRequest {
    /// What it is for, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*$")]
    name: String,
    /// What it may be used for.
    #[schema(schema_with = scopes)]
    scopes: Vec<String>,
    /// For how many days it is good: 7, 30, 90 or 365.
    #[schema(schema_with = days)]
    days: u16,
}

/// The scopes. Which of them one may give depends on one's role on the platform.
fn scopes() -> Array {
    let scope = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(Scope::ALL.map(Scope::key)));
    ArrayBuilder::new().items(scope).min_items(Some(1)).unique_items(true).build()
}

/// The numbers of days that can be chosen.
fn days() -> Object {
    ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some(TOKEN_DAYS)).build()
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenMade {
    /// What is known of it.
    #[serde(flatten)]
    item: TokenItem,
    /// The token itself, shown this once; null where the same request was sent before.
    token: Option<String>,
}

type InPath = Result<Path<String>, PathRejection>;

/// Who one is.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "me", operation_id = "get_me",
    responses(
        (status = 200, body = Me),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn me(signed_in: SignedIn<AnyScope>) -> Json<Me> {
    Json(Me::from(&signed_in.person))
}

/// Changes what others see of one. Needs the scope `people:write`.
#[utoipa::path(
    patch, path = "/api/v1/me", tag = "me", operation_id = "change_me", request_body = MeChange,
    responses(
        (status = 200, body = Me),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn rename(
    State(portal): State<Portal>,
    signed_in: SignedIn<PeopleWrite>,
    change: Result<JsonBody<MeChange>, Response>,
) -> Result<Response, ApiFault> {
    // Who may not do it is told so first, whatever they sent.
    let SignedIn { caller, person, .. } = signed_in;
    let JsonBody(change) = match change {
        Ok(change) => change,
        Err(refusal) => return Ok(refusal),
    };
    let person = portal.steadfast.rename_person(caller.actor.doer(), &person, &change.name).await?;
    Ok(Json(Me::from(&person)).into_response())
}

/// One's sessions, oldest first. Needs the scope `people:read`.
#[utoipa::path(
    get, path = "/api/v1/me/sessions", tag = "me", operation_id = "list_my_sessions",
    params(("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "At most so many, 50 if not given"),
        ("cursor" = Option<String>, Query, description = "The `next` of the page before")),
    responses(
        (status = 200, body = Listing<SessionItem>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn sessions(
    State(portal): State<Portal>,
    signed_in: SignedIn<PeopleRead>,
    query: RawQuery,
) -> Result<Json<Listing<SessionItem>>, ApiFault> {
    let SignedIn { caller, person, .. } = signed_in;
    let params = Params::of_api(query, &["limit", "cursor"])?;
    let this = caller.session.map(|session| session.id);
    let sessions = portal.steadfast.live_sessions(person.id).await?;
    let mut items: Vec<SessionItem> = sessions.iter().map(|session| SessionItem::new(session, this)).collect();
    items.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    Ok(Json(Listing::of(&params, items, |item| item.id.clone())?))
}

/// One of one's sessions. Needs the scope `people:read`.
#[utoipa::path(
    get, path = "/api/v1/me/sessions/{session}", tag = "me", operation_id = "get_my_session",
    params(("session" = String, Path, description = "The session's id")),
    responses(
        (status = 200, body = SessionItem),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn session(
    State(portal): State<Portal>,
    signed_in: SignedIn<PeopleRead>,
    path: InPath,
) -> Result<Json<SessionItem>, ApiFault> {
    let SignedIn { caller, person, .. } = signed_in;
    let session = portal.steadfast.live_session(person.id, session_in(path)?).await?;
    Ok(Json(SessionItem::new(&session, caller.session.map(|session| session.id))))
}

/// Ends one of one's sessions. Needs the scope `people:write`.
#[utoipa::path(
    delete, path = "/api/v1/me/sessions/{session}", tag = "me", operation_id = "end_my_session",
    params(("session" = String, Path, description = "The session's id")),
    responses(
        (status = 204),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn end_session(
    State(portal): State<Portal>,
    signed_in: SignedIn<PeopleWrite>,
    path: InPath,
) -> Result<StatusCode, ApiFault> {
    let SignedIn { caller, person, .. } = signed_in;
    portal.steadfast.end_session(caller.actor.doer(), person.id, session_in(path)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's API tokens, oldest first. Needs the scope `people:read`.
#[utoipa::path(
    get, path = "/api/v1/me/tokens", tag = "me", operation_id = "list_my_tokens",
    params(("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "At most so many, 50 if not given"),
        ("cursor" = Option<String>, Query, description = "The `next` of the page before")),
    responses(
        (status = 200, body = Listing<TokenItem>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn tokens(
    State(portal): State<Portal>,
    signed_in: SignedIn<PeopleRead>,
    query: RawQuery,
) -> Result<Json<Listing<TokenItem>>, ApiFault> {
    let SignedIn { person, .. } = signed_in;
    let params = Params::of_api(query, &["limit", "cursor"])?;
    let tokens = portal.steadfast.tokens_of_person(person.id).await?;
    let mut items: Vec<TokenItem> = tokens.iter().map(TokenItem::from).collect();
    items.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    Ok(Json(Listing::of(&params, items, |item| item.id.clone())?))
}

/// One of one's API tokens. Needs the scope `people:read`.
#[utoipa::path(
    get, path = "/api/v1/me/tokens/{token}", tag = "me", operation_id = "get_my_token",
    params(("token" = String, Path, description = "The token's id")),
    responses(
        (status = 200, body = TokenItem),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn token(
    State(portal): State<Portal>,
    signed_in: SignedIn<PeopleRead>,
    path: InPath,
) -> Result<Json<TokenItem>, ApiFault> {
    let SignedIn { person, .. } = signed_in;
    Ok(Json(TokenItem::from(&portal.steadfast.token_of_person(person.id, token_in(path)?).await?)))
}

/// Makes an API token. By session alone, and with a recent proof of who asks (`/account/prove`): no token makes tokens.
#[utoipa::path(
    post, path = "/api/v1/me/tokens", tag = "me", operation_id = "make_my_token", request_body = TokenRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, nothing is made twice")),
    responses(
        (status = 201, body = TokenMade, headers(("Location" = String))),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    ),
    security(("session" = []))
)]
pub(crate) async fn make_token(
    State(portal): State<Portal>,
    by: BySession,
    headers: HeaderMap,
    JsonBody(request): JsonBody<TokenRequest>,
) -> Result<Response, ApiFault> {
    let once = once(&by.caller, &headers, "/api/v1/me/tokens", &request)?;
    let new = NewToken { name: request.name, scopes: request.scopes, days: request.days };
    let MadeToken { token, secret } = portal.steadfast.make_token(&by.person, &by.session, &new, once.as_ref()).await?;
    let made = TokenMade { item: TokenItem::from(&token), token: secret.map(|secret| secret.reveal().to_owned()) };
    let location = HeaderValue::from_str(&urls::token_json(token.id)).map_err(|_| Fault::Broken)?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)).into_response())
}

/// Revokes an API token. By session alone.
#[utoipa::path(
    delete, path = "/api/v1/me/tokens/{token}", tag = "me", operation_id = "revoke_my_token",
    params(("token" = String, Path, description = "The token's id")),
    responses(
        (status = 204),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    ),
    security(("session" = []))
)]
pub(crate) async fn revoke_token(
    State(portal): State<Portal>,
    by: BySession,
    path: InPath,
) -> Result<StatusCode, ApiFault> {
    portal.steadfast.revoke_token(&by.person, token_in(path)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
