//! The people of the platform for programs.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use model::UnixMillis;
use serde::{Deserialize, Deserializer, Serialize};
use service::{AccountChange, PersonInFull, PersonSeen};
use utoipa::{OpenApi, ToSchema};

use super::keep::role;
use super::list::after;
use super::person::person_in;
use crate::Portal;
use crate::access::Staff;
use crate::access::rights::{ManagePeople, SeePeople};
use crate::fault::ApiFault;
use crate::form::JsonBody;
use crate::listing::{Listing, Paging, limit};
use crate::openapi::Problem;
use crate::query::Params;

#[derive(OpenApi)]
#[openapi(paths(list, read, change), tags((name = "people", description = "The people of the platform, for its staff")))]
struct Calls;

/// The calls of this topic, described.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Calls::openapi()
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Person)]
pub(crate) struct PersonWire {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    #[schema(format = Email)]
    email: String,
    /// `operator`, `reviewer`, `auditor` or null.
    platform_role: Option<String>,
    /// Whether the address is proven to be theirs.
    verified: bool,
    /// Whether the account is shut.
    disabled: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    last_sign_in_at: Option<String>,
}

impl PersonWire {
    fn new(person: &model::Person, last_sign_in: Option<UnixMillis>) -> Self {
        Self {
            id: person.id.to_string(),
            name: person.name.clone(),
            email: person.email.to_string(),
            platform_role: person.platform_role.map(|role| role.key().to_owned()),
            verified: person.verified_at.is_some(),
            disabled: person.disabled_at.is_some(),
            created_at: person.created_at.to_string(),
            last_sign_in_at: last_sign_in.map(|at| at.to_string()),
        }
    }
}

impl From<&PersonSeen> for PersonWire {
    fn from(seen: &PersonSeen) -> Self {
        Self::new(&seen.person, seen.last_sign_in)
    }
}

/// A person with all that the staff sees.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonInFull)]
pub(crate) struct PersonInFullWire {
    #[serde(flatten)]
    person: PersonWire,
    /// In how many browsers they are signed in.
    sessions: usize,
    /// How many of their tokens are good.
    tokens: usize,
    second_factor: bool,
    organisations: Vec<PlaceWire>,
    apps: Vec<PlaceWire>,
}

/// An organisation or app, and what they are in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonPlace)]
pub(crate) struct PlaceWire {
    id: String,
    name: String,
    role: String,
}

impl From<PersonInFull> for PersonInFullWire {
    fn from(full: PersonInFull) -> Self {
        let organisations = full.organisations.into_iter().map(|(it, member)| PlaceWire {
            id: it.id.to_string(),
            name: it.name,
            role: member.role.key().to_owned(),
        });
        let apps = full.apps.into_iter().map(|(app, role)| PlaceWire {
            id: app.id.to_string(),
            name: app.name,
            role: role.key().to_owned(),
        });
        Self {
            person: PersonWire::new(&full.person, full.last_sign_in),
            sessions: full.sessions,
            tokens: full.tokens,
            second_factor: full.second_factor,
            organisations: organisations.collect(),
            apps: apps.collect(),
        }
    }
}

/// What is to be different; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonChange {
    /// `operator`, `reviewer`, `auditor`, or null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "reviewer")]
    platform_role: Option<Option<String>>,
    /// Whether the account is to be shut.
    #[serde(default)]
    disabled: Option<bool>,
}

/// Tells null from what is left out.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// All people
#[utoipa::path(
    get, path = "/api/v1/platform/people", tag = "people",
    params(
        ("q" = Option<String>, Query, description = "Part of the name or the e-mail address"),
        Paging
    ),
    responses(
        (status = 200, body = Listing<PersonWire>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    _who: Staff<SeePeople>,
    query: RawQuery,
) -> Result<Json<Listing<PersonWire>>, ApiFault> {
    let params = Params::of_api(query, &["q", "limit", "cursor"])?;
    let (limit, after) = (limit(&params)?, after("cursor", params.text("cursor"))?);
    let page = portal.steadfast.people(params.text("q"), after, limit.into()).await?;
    let items = page.people.iter().map(PersonWire::from).collect();
    Ok(Json(Listing { items, next: page.next.map(|email| email.to_string()) }))
}

/// A person
#[utoipa::path(
    get, path = "/api/v1/platform/people/{person}", tag = "people",
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, body = PersonInFullWire),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read(
    State(portal): State<Portal>,
    _who: Staff<SeePeople>,
    path: Result<Path<String>, PathRejection>,
    query: RawQuery,
) -> Result<Json<PersonInFullWire>, ApiFault> {
    Params::of_api(query, &[])?;
    Ok(Json(portal.steadfast.person_in_full(person_in(path)?).await?.into()))
}

/// Give or take a role, shut or open an account
///
/// All of it or nothing. Nobody does it to themselves, and an operator is always left.
#[utoipa::path(
    patch, path = "/api/v1/platform/people/{person}", tag = "people", request_body = PersonChange,
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, body = PersonInFullWire),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn change(
    State(portal): State<Portal>,
    who: Staff<ManagePeople>,
    path: Result<Path<String>, PathRejection>,
    JsonBody(body): JsonBody<PersonChange>,
) -> Result<Json<PersonInFullWire>, ApiFault> {
    let person = person_in(path)?;
    let platform_role =
        body.platform_role.map(|key| role("platform_role", key.as_deref().unwrap_or_default())).transpose()?;
    let by = portal.steadfast.by(&who.caller.actor).await?;
    let change = AccountChange { platform_role, disabled: body.disabled };
    portal.steadfast.change_account(person, change, by).await?;
    Ok(Json(portal.steadfast.person_in_full(person).await?.into()))
}
