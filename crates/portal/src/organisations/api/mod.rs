//! Organisations for programs.

pub(crate) mod invitations;
pub(crate) mod members;
pub(crate) mod tokens;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Organisation, OrganisationId};
use serde::{Deserialize, Serialize};
use service::OrganisationSeen;
use utoipa::{OpenApi, ToSchema};

use crate::Portal;
use crate::access::rights::{ManageOrganisation, PeopleRead, PeopleWrite, SeeOrganisation, SeePeople};
use crate::access::{InOrganisation, SignedIn, Staff};
use crate::fault::ApiFault;
use crate::form::JsonBody;
use crate::listing::{Listing, PAGING, Paging};
use crate::once::once;
use crate::openapi::Problem;
use crate::query::Params;
use crate::urls::organisations::{API_ORGANISATIONS, organisation_json};

#[derive(OpenApi)]
#[openapi(
    paths(
        list, make, read, change, list_all, members::list, members::change, members::remove, members::leave,
        invitations::list, invitations::make, invitations::read, invitations::withdraw, tokens::list, tokens::make,
        tokens::read, tokens::revoke
    ),
    tags((name = "organisations", description = "Organisations, their people and API tokens"))
)]
struct Calls;

/// The calls of this topic, described.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Calls::openapi()
}

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organisation)]
pub(crate) struct OrganisationWire {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    /// `admin` or `member`; null for who is not in it.
    role: Option<String>,
    /// How many people are in it.
    people: usize,
    /// How many apps it owns.
    apps: usize,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<OrganisationSeen> for OrganisationWire {
    fn from(seen: OrganisationSeen) -> Self {
        let Organisation { id, name, created_at } = seen.organisation;
        Self {
            id: id.to_string(),
            name,
            role: seen.role.map(|role| role.key().to_owned()),
            people: seen.people,
            apps: seen.apps,
            created_at: created_at.to_string(),
        }
    }
}

/// An organisation to be made, or its new name.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganisationNamed {
    /// 1 to 100 characters on one line.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

/// An organisation as an actor sees it.
async fn seen(portal: &Portal, id: OrganisationId, actor: &access::Actor) -> Result<OrganisationWire, ApiFault> {
    let organisation = portal.steadfast.organisation(id).await?;
    let (_, standing) = portal.steadfast.organisation_standing(id, actor).await?;
    let sized = portal.steadfast.sized_organisations(vec![organisation]).await?;
    let seen = sized.into_iter().next().ok_or(crate::fault::Fault::Broken)?;
    Ok(OrganisationSeen { role: standing.member, ..seen }.into())
}

/// One's organisations
#[utoipa::path(
    get, path = "/api/v1/organisations", tag = "organisations",
    params(
        Paging
    ),
    responses(
        (status = 200, body = Listing<OrganisationWire>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    who: SignedIn<PeopleRead>,
    query: RawQuery,
) -> Result<Json<Listing<OrganisationWire>>, ApiFault> {
    let params = Params::of_api(query, &PAGING)?;
    let mut seen = portal.steadfast.organisations_of(who.person.id).await?;
    seen.sort_by_key(|seen| seen.organisation.id);
    let items = seen.into_iter().map(OrganisationWire::from).collect();
    Ok(Json(Listing::of(&params, items, |it: &OrganisationWire| it.id.clone())?))
}

/// Make an organisation
///
/// Who makes it becomes its Admin.
#[utoipa::path(
    post, path = "/api/v1/organisations", tag = "organisations", request_body = OrganisationNamed,
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, it makes nothing")),
    responses(
        (status = 201, body = OrganisationWire, headers(("Location" = String, description = "The organisation"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn make(
    State(portal): State<Portal>,
    who: SignedIn<PeopleWrite>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<OrganisationNamed>,
) -> Result<Response, ApiFault> {
    let SignedIn { caller, .. } = who;
    let once = once(&caller, &headers, API_ORGANISATIONS, &body)?;
    let by = portal.steadfast.by(&caller.actor).await?;
    let id = portal.steadfast.make_organisation(&body.name, by, once.as_ref()).await?;
    let made = seen(&portal, id, &caller.actor).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, organisation_json(id))], Json(made)).into_response())
}

/// An organisation
#[utoipa::path(
    get, path = "/api/v1/organisations/{organisation}", tag = "organisations",
    params(("organisation" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = OrganisationWire),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read(
    State(portal): State<Portal>,
    who: InOrganisation<SeeOrganisation>,
    query: RawQuery,
) -> Result<Json<OrganisationWire>, ApiFault> {
    Params::of_api(query, &[])?;
    Ok(Json(seen(&portal, who.id(), &who.caller.actor).await?))
}

/// Rename an organisation
#[utoipa::path(
    patch, path = "/api/v1/organisations/{organisation}", tag = "organisations", request_body = OrganisationNamed,
    params(("organisation" = String, Path, description = "Its id")),
    responses(
        (status = 200, body = OrganisationWire),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn change(
    State(portal): State<Portal>,
    who: InOrganisation<ManageOrganisation>,
    JsonBody(body): JsonBody<OrganisationNamed>,
) -> Result<Json<OrganisationWire>, ApiFault> {
    let by = portal.steadfast.by(&who.caller.actor).await?;
    portal.steadfast.rename_organisation(who.id(), &body.name, by).await?;
    Ok(Json(seen(&portal, who.id(), &who.caller.actor).await?))
}

/// All organisations
#[utoipa::path(
    get, path = "/api/v1/platform/organisations", tag = "organisations",
    params(
        ("q" = Option<String>, Query, description = "Part of the name"),
        Paging
    ),
    responses(
        (status = 200, body = Listing<OrganisationWire>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list_all(
    State(portal): State<Portal>,
    _who: Staff<SeePeople>,
    query: RawQuery,
) -> Result<Json<Listing<OrganisationWire>>, ApiFault> {
    let params = Params::of_api(query, &["q", "limit", "cursor"])?;
    let mut all = portal.steadfast.all_organisations(params.text("q")).await?;
    all.sort_by_key(|organisation| organisation.id);
    let Listing { items, next } = Listing::of(&params, all, |it| it.id.to_string())?;
    let sized = portal.steadfast.sized_organisations(items).await?;
    Ok(Json(Listing { items: sized.into_iter().map(OrganisationWire::from).collect(), next }))
}
