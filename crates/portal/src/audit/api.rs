//! The audit log for programs.

use axum::Json;
use axum::extract::{RawQuery, State};
use model::OrganisationId;
use serde::Serialize;
use serde_json::Value;
use service::AuditSeen;
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::asked::{Asked, OF_LIST, before};
use crate::Portal;
use crate::access::rights::{OverseeOrganisation, ReadAudit};
use crate::access::{InOrganisation, Staff};
use crate::fault::ApiFault;
use crate::listing::{Paging, limit};
use crate::openapi::Problem;
use crate::query::Params;

/// Which entries are asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes the parameters, which are read one by one")]
pub(crate) struct FilterParams {
    /// Part of a name or an address, `system`, `nobody`, or the id of a person or a token.
    #[param(max_length = 200)]
    who: Option<String>,
    /// How the action begins: `app.`, `member.removed`.
    #[param(max_length = 200)]
    action: Option<String>,
    /// The id of an app, a person or an organisation, or a person's address.
    #[param(max_length = 200)]
    target: Option<String>,
    /// The first day, `2026-11-01`.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    from: Option<String>,
    /// The last day.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    to: Option<String>,
}

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct EntryWire {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = DateTime)]
    time: String,
    by: DoerWire,
    /// `noun.verb`
    #[schema(example = "member.removed")]
    action: String,
    target: TargetWire,
    /// The organisation whose admins may read the entry.
    #[schema(format = "uuid")]
    organisation: Option<String>,
    /// What was there before.
    before: Option<Value>,
    /// What is there now.
    after: Option<Value>,
}

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DoerWire {
    /// `person`, `token`, `system` or `nobody`.
    kind: String,
    /// Of the person or the token.
    id: Option<String>,
    /// Of the person; for a token, of whose it is.
    name: Option<String>,
    /// For the platform's staff.
    email: Option<String>,
    token_name: Option<String>,
}

/// On what it was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TargetWire {
    id: String,
    /// `app`, `person` or `organisation`; null for something else, or what is gone.
    kind: Option<String>,
    name: Option<String>,
}

/// One page of the audit log, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditListing {
    #[schema(value_type = Vec<EntryWire>)]
    items: Vec<Value>,
    /// What to send as `cursor` for the next page; null on the last.
    next: Option<String>,
}

#[derive(OpenApi)]
#[openapi(
    paths(
        list, list_of_organisation, super::export::csv, super::export::ndjson, super::export::csv_of_organisation,
        super::export::ndjson_of_organisation
    ),
    components(schemas(AuditListing, EntryWire, DoerWire, TargetWire)),
    tags((name = "audit", description = "Who did what, before and after"))
)]
struct Calls;

/// The calls of this topic, described.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Calls::openapi()
}

async fn page(
    portal: &Portal,
    organisation: Option<OrganisationId>,
    query: RawQuery,
) -> Result<Json<AuditListing>, ApiFault> {
    let params = Params::of_api(query, &OF_LIST)?;
    let (limit, before) = (limit(&params)?, before("cursor", &params)?);
    let filter = Asked::new(&params).filter(organisation)?;
    let page = portal.steadfast.audit_page(&filter, before, limit.into()).await?;
    let items = page.entries.iter().map(AuditSeen::json).collect();
    Ok(Json(AuditListing { items, next: page.next.map(|id| id.to_string()) }))
}

/// Read the audit log
#[utoipa::path(
    get, path = "/api/v1/platform/audit", tag = "audit",
    params(
        FilterParams,
        Paging
    ),
    responses(
        (status = 200, body = AuditListing),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    _who: Staff<ReadAudit>,
    query: RawQuery,
) -> Result<Json<AuditListing>, ApiFault> {
    page(&portal, None, query).await
}

/// Read an organisation's part of the audit log
#[utoipa::path(
    get, path = "/api/v1/organisations/{organisation}/audit", tag = "audit",
    params(
        ("organisation" = String, Path, description = "Its id"),
        FilterParams,
        Paging
    ),
    responses(
        (status = 200, body = AuditListing),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list_of_organisation(
    State(portal): State<Portal>,
    who: InOrganisation<OverseeOrganisation>,
    query: RawQuery,
) -> Result<Json<AuditListing>, ApiFault> {
    page(&portal, Some(who.id()), query).await
}
