//! The audit log as a file, sent part by part.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use model::OrganisationId;
use service::AuditExport;

use super::asked::{Asked, OF_EXPORT};
use crate::Portal;
use crate::access::rights::{OverseeOrganisation, ReadAudit};
use crate::access::{InOrganisation, Staff};
use crate::fault::ApiFault;
use crate::openapi::Problem;
use crate::query::Params;

/// What files are called.
#[derive(Clone, Copy)]
enum Kind {
    Csv,
    Ndjson,
}

impl Kind {
    fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    fn media_type(self) -> HeaderValue {
        match self {
            Self::Csv => HeaderValue::from_static("text/csv; charset=utf-8"),
            Self::Ndjson => HeaderValue::from_static("application/x-ndjson"),
        }
    }
}

async fn export(
    portal: &Portal,
    organisation: Option<OrganisationId>,
    query: RawQuery,
    kind: Kind,
) -> Result<Response, ApiFault> {
    let params = Params::of_api(query, &OF_EXPORT)?;
    let filter = Asked::new(&params).filter(organisation)?;
    let export = portal.steadfast.audit_export(&filter, matches!(kind, Kind::Csv)).await?;
    let whose = organisation.map_or_else(|| "platform".to_owned(), |id| id.to_string());
    let name = service::audit_file_name(&whose, portal.steadfast.today(), kind.extension());
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, kind.media_type()),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
    ];
    Ok((headers, Body::from_stream(parts(export))).into_response())
}

/// The parts of an export. One that fails on its way ends the connection, so that nobody takes it for a whole.
fn parts(export: AuditExport) -> impl stream::Stream<Item = Result<Vec<u8>, service::Error>> {
    stream::try_unfold(export, |mut export| async move {
        match export.part().await {
            Ok(part) => Ok(part.map(|part| (part, export))),
            Err(error) => {
                tracing::error!(%error, "an export of the audit log was broken off");
                Err(error)
            }
        }
    })
}

/// Export the audit log as CSV
///
/// Exactly the entries that the filter asks for, newest first; at most 100,000. The last line of an export that was cut
/// says so.
#[utoipa::path(
    get, path = "/api/v1/platform/audit.csv", tag = "audit",
    params(super::api::FilterParams),
    responses(
        (status = 200, description = "The entries", body = String, content_type = "text/csv"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn csv(
    State(portal): State<Portal>,
    _who: Staff<ReadAudit>,
    query: RawQuery,
) -> Result<Response, ApiFault> {
    export(&portal, None, query, Kind::Csv).await
}

/// Export the audit log as NDJSON
///
/// The same entries as in the CSV, each a line of JSON. The last line of an export that was cut is `{"cut":true,…}`.
#[utoipa::path(
    get, path = "/api/v1/platform/audit.ndjson", tag = "audit",
    params(super::api::FilterParams),
    responses(
        (status = 200, description = "The entries", body = String, content_type = "application/x-ndjson"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn ndjson(
    State(portal): State<Portal>,
    _who: Staff<ReadAudit>,
    query: RawQuery,
) -> Result<Response, ApiFault> {
    export(&portal, None, query, Kind::Ndjson).await
}

/// Export an organisation's part of the audit log as CSV
#[utoipa::path(
    get, path = "/api/v1/organisations/{organisation}/audit.csv", tag = "audit",
    params(("organisation" = String, Path, description = "Its id"), super::api::FilterParams),
    responses(
        (status = 200, description = "The entries", body = String, content_type = "text/csv"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn csv_of_organisation(
    State(portal): State<Portal>,
    who: InOrganisation<OverseeOrganisation>,
    query: RawQuery,
) -> Result<Response, ApiFault> {
    export(&portal, Some(who.id()), query, Kind::Csv).await
}

/// Export an organisation's part of the audit log as NDJSON
#[utoipa::path(
    get, path = "/api/v1/organisations/{organisation}/audit.ndjson", tag = "audit",
    params(("organisation" = String, Path, description = "Its id"), super::api::FilterParams),
    responses(
        (status = 200, description = "The entries", body = String, content_type = "application/x-ndjson"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn ndjson_of_organisation(
    State(portal): State<Portal>,
    who: InOrganisation<OverseeOrganisation>,
    query: RawQuery,
) -> Result<Response, ApiFault> {
    export(&portal, Some(who.id()), query, Kind::Ndjson).await
}
