//! `traefik`: Traefik's access log with `format: json`.
//!
//! The app is what the request's headers `X-App-Id` or `X-Client-Id` say, else the user of basic authentication
//! (`ClientUsername`). Traefik logs headers only where `accessLog.fields.headers` keeps them; the company header is
//! then found as `request_` with its name.

use super::field_map::FieldMap;
use super::header_names;
use crate::format::FormatError;

const MAP: &str = "time=StartUTC|StartLocal|time method=RequestMethod path=RequestPath \
    status=DownstreamStatus|OriginStatus app=request_X-App-Id|request_X-Client-Id|ClientUsername \
    environment=environment principal=principal";

/// The field map for a company header of this name.
pub(super) fn map(company_header: &str) -> Result<FieldMap, FormatError> {
    let mut map: FieldMap = MAP.parse()?;
    map.add("company_header", &header_names::pointer(&format!("request_{company_header}")))?;
    Ok(map)
}
