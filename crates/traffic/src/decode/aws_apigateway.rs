//! `aws-apigateway`: Amazon API Gateway's access log in JSON, with the names of the console's proposals.
//!
//! Log `"path":"$context.path"`; where only `resourcePath` is there, it is read as the path. The app is taken from `app`,
//! `appId`, `clientId`, `apiKeyId` (`$context.identity.apiKeyId`), `principalId` (`$context.authorizer.principalId`), then
//! `user` and `caller`. `$context` has no request headers: an authorizer can pass the company header on,
//! `"company_header":"$context.authorizer.company"`.

use super::field_map::FieldMap;
use super::header_names;
use crate::format::FormatError;

const MAP: &str = "time=requestTimeEpoch|requestTime|time|timestamp method=httpMethod|method path=path|rawPath|resourcePath \
    status=status app=app|appId|app_id|clientId|client_id|apiKeyId|identity.apiKeyId|principalId|authorizer.principalId|user|caller \
    environment=environment principal=principal";

/// The field map for a company header of this name.
pub(super) fn map(company_header: &str) -> Result<FieldMap, FormatError> {
    let mut map: FieldMap = MAP.parse()?;
    header_names::add_flat(&mut map, company_header, "x-")?;
    Ok(map)
}
