//! Credentials for programs: a secret can be rotated from a pipeline, without a moment in which none is good.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::ClientSecret;
use serde::{Deserialize, Serialize};
use service::{Overlap, Refusal};
use utoipa::{OpenApi, ToSchema};

use super::pages::{known, secret_of};
use super::view::Known;
use super::{InPath, SecretInPath, environment_in, secret_in};
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::{ResetSecret, SeeSandboxCredentials};
use crate::components::demand_registered;
use crate::fault::ApiFault;
use crate::form::JsonBody;
use crate::listing::{Listing, PAGING, Paging};
use crate::once::once;
use crate::openapi::Problem;
use crate::query::Params;
use crate::urls;

/// Where something is good.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EnvironmentWire {
    Sandbox,
    Production,
}

/// A client secret. The secret itself was shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecretListed {
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// Enough of it to tell it apart.
    pub(crate) hint: String,
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// When it stops being good; null for a secret that stays.
    #[schema(format = DateTime)]
    pub(crate) expires_at: Option<String>,
}

/// How an app presents itself in one environment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CredentialListed {
    pub(crate) environment: EnvironmentWire,
    /// Null until the first secret is made.
    #[schema(format = "uuid")]
    pub(crate) client_id: Option<String>,
    /// The secrets that are good, the oldest first; two at most.
    pub(crate) secrets: Vec<SecretListed>,
    /// Where users may be sent back to.
    pub(crate) redirect_uris: Vec<String>,
    /// What keeps the app from having credentials here; null if it may.
    pub(crate) obstacle: Option<String>,
}

/// A secret to be made.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretNew {
    /// How long the older secret stays good: `none`, `hour`, `day` (the default), `week` or `until_removed`.
    #[serde(default)]
    overlap: Option<OverlapWire>,
}

/// How long the older secret stays good beside a new one.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OverlapWire {
    /// It ends at once.
    None,
    Hour,
    Day,
    Week,
    UntilRemoved,
}

/// A secret that was made, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecretMade {
    #[schema(format = "uuid")]
    pub(crate) id: String,
    #[schema(format = "uuid")]
    pub(crate) client_id: String,
    /// The secret itself, shown this once; null where the same request was sent before.
    #[schema(example = "stf_cs_…")]
    pub(crate) client_secret: Option<String>,
    /// The secrets that are good now, this one among them.
    pub(crate) secrets: Vec<SecretListed>,
}

/// Redirect URIs to be registered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedirectUris {
    /// All of them, at most 50; what is left out is removed.
    redirect_uris: Vec<String>,
}

impl From<OverlapWire> for Overlap {
    fn from(overlap: OverlapWire) -> Self {
        match overlap {
            OverlapWire::None => Self::None,
            OverlapWire::Hour => Self::Hour,
            OverlapWire::Day => Self::Day,
            OverlapWire::Week => Self::Week,
            OverlapWire::UntilRemoved => Self::UntilRemoved,
        }
    }
}

impl From<&ClientSecret> for SecretListed {
    fn from(secret: &ClientSecret) -> Self {
        Self {
            id: secret.id.to_string(),
            hint: secret.hint.clone(),
            created_at: secret.created_at.to_string(),
            expires_at: secret.expires_at.map(|end| end.to_string()),
        }
    }
}

impl From<&Known> for CredentialListed {
    fn from(known: &Known) -> Self {
        let credential = known.credential.as_ref();
        Self {
            environment: match known.environment {
                model::Environment::Production => EnvironmentWire::Production,
                model::Environment::Sandbox => EnvironmentWire::Sandbox,
            },
            client_id: credential.filter(|_| known.is_visible).map(|credential| credential.client_id.to_string()),
            secrets: credential.iter().flat_map(|credential| &credential.secrets).map(SecretListed::from).collect(),
            redirect_uris: credential.map(|credential| credential.redirect_uris.clone()).unwrap_or_default(),
            obstacle: known.obstacle.map(str::to_owned),
        }
    }
}

/// The credentials of an app
///
/// Of both environments, whether there are any yet or not. Secrets are never among them.
#[utoipa::path(
    get, path = "/api/v1/apps/{app}/credentials", tag = "credentials", operation_id = "list_credentials",
    params(("app" = String, Path, description = "The app's id"), Paging),
    responses(
        (status = 200, body = Listing<CredentialListed>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    seen: InApp<SeeSandboxCredentials>,
    query: RawQuery,
) -> Result<Json<Listing<CredentialListed>>, ApiFault> {
    let params = Params::of_api(query, &PAGING)?;
    demand_registered(&seen)?;
    let known = known(&portal, &seen).await?;
    Ok(Json(Listing::by_place(&params, &known)?.map(CredentialListed::from)))
}

/// Make a client secret
///
/// The first one in an environment makes the client id, too. A second one is for rotation: the older one ends as
/// `overlap` says. The secret is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/api/v1/apps/{app}/credentials/{environment}/secrets", tag = "credentials",
    operation_id = "make_client_secret",
    request_body = SecretNew,
    params(
        ("app" = String, Path, description = "The app's id"),
        ("environment" = String, Path, description = "`sandbox` or `production`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, it makes nothing"),
    ),
    responses(
        (status = 201, body = SecretMade, headers(("Location" = String, description = "The secret"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn make(
    State(portal): State<Portal>,
    seen: InApp<ResetSecret>,
    path: InPath,
    headers: HeaderMap,
    JsonBody(body): JsonBody<SecretNew>,
) -> Result<Response, ApiFault> {
    demand_registered(&seen)?;
    let environment = environment_in(path)?;
    let app = &seen.app.id;
    let once = once(&seen.caller, &headers, &urls::secrets_json(app, environment), &body)?;
    let overlap = body.overlap.map_or(Overlap::Day, Overlap::from);
    let doer = seen.caller.actor.doer();
    let made = portal.steadfast.make_secret(app, environment, overlap, doer, once.as_ref()).await?;
    let credentials = portal.steadfast.credentials(app).await?;
    let now = credentials.iter().find(|credential| credential.environment == environment);
    let answer = SecretMade {
        id: made.id.to_string(),
        client_id: made.client_id.to_string(),
        client_secret: made.secret.map(|secret| secret.reveal().to_owned()),
        secrets: now.iter().flat_map(|credential| &credential.secrets).map(SecretListed::from).collect(),
    };
    let location = urls::secret_json(app, environment, made.id);
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".to_owned())];
    Ok((StatusCode::CREATED, headers, Json(answer)).into_response())
}

/// A client secret, without itself
#[utoipa::path(
    get, path = "/api/v1/apps/{app}/credentials/{environment}/secrets/{secret}", tag = "credentials",
    operation_id = "read_client_secret",
    params(
        ("app" = String, Path, description = "The app's id"),
        ("environment" = String, Path, description = "`sandbox` or `production`"),
        ("secret" = String, Path, description = "The secret's id"),
    ),
    responses(
        (status = 200, body = SecretListed),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read(
    State(portal): State<Portal>,
    seen: InApp<SeeSandboxCredentials>,
    path: SecretInPath,
    query: RawQuery,
) -> Result<Json<SecretListed>, ApiFault> {
    Params::of_api(query, &[])?;
    let (environment, id) = secret_in(path)?;
    Ok(Json(SecretListed::from(&secret_of(&portal, &seen, environment, &id).await?.1)))
}

/// Remove a client secret
///
/// At once: whatever still uses it is refused.
#[utoipa::path(
    delete, path = "/api/v1/apps/{app}/credentials/{environment}/secrets/{secret}", tag = "credentials",
    operation_id = "remove_client_secret",
    params(
        ("app" = String, Path, description = "The app's id"),
        ("environment" = String, Path, description = "`sandbox` or `production`"),
        ("secret" = String, Path, description = "The secret's id"),
    ),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn remove(
    State(portal): State<Portal>,
    seen: InApp<ResetSecret>,
    path: SecretInPath,
) -> Result<StatusCode, ApiFault> {
    let (environment, secret) = secret_in(path)?;
    portal.steadfast.remove_secret(&seen.app.id, environment, &secret, seen.caller.actor.doer()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replace the redirect URIs
///
/// Each is kept as it is and matched byte for byte: `https://`, or `http://localhost` while you develop, or
/// `urn:ietf:wg:oauth:2.0:oob`; no fragment, no wildcard.
#[utoipa::path(
    put, path = "/api/v1/apps/{app}/credentials/{environment}/redirect-uris", tag = "credentials",
    operation_id = "set_redirect_uris",
    request_body = RedirectUris,
    params(
        ("app" = String, Path, description = "The app's id"),
        ("environment" = String, Path, description = "`sandbox` or `production`"),
    ),
    responses(
        (status = 200, body = CredentialListed),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn set_redirect_uris(
    State(portal): State<Portal>,
    seen: InApp<ResetSecret>,
    path: InPath,
    JsonBody(body): JsonBody<RedirectUris>,
) -> Result<Json<CredentialListed>, ApiFault> {
    let environment = environment_in(path)?;
    let doer = seen.caller.actor.doer();
    portal.steadfast.set_redirect_uris(&seen.app.id, environment, body.redirect_uris, doer).await?;
    let known = known(&portal, &seen).await?;
    let found = known.iter().find(|known| known.environment == environment);
    let found = found.ok_or_else(|| Refusal::NotFound("the app has no credentials there".to_owned()))?;
    Ok(Json(CredentialListed::from(found)))
}

#[derive(OpenApi)]
#[openapi(
    paths(list, make, read, remove, set_redirect_uris),
    components(schemas(CredentialListed, SecretListed, SecretNew, SecretMade, RedirectUris, EnvironmentWire, OverlapWire)),
    tags((name = "credentials", description = "Client ids, secrets and redirect URIs"))
)]
struct Document;

/// What this topic offers to programs.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
