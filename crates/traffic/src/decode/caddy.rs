//! `caddy`: Caddy's access log in its default JSON encoding.
//!
//! The app is what `log_append` put there as `app`, else the authenticated user (`user_id`), else what the request's headers
//! `X-App-Id` or `X-Client-Id` say; Caddy logs these as the client sent them, whatever was set on the way. The company header
//! is one of the request's headers; Caddy logs each as a list.

use super::field_map::FieldMap;
use super::header_names;
use crate::format::FormatError;

const MAP: &str = "time=ts method=request.method path=request.uri status=status \
    app=app|user_id|request.headers.X-App-Id|request.headers.X-Client-Id environment=environment principal=principal";

/// The field map for a company header of this name.
pub(super) fn map(company_header: &str) -> Result<FieldMap, FormatError> {
    let mut map: FieldMap = MAP.parse()?;
    header_names::add_below(&mut map, &["request", "headers"], company_header);
    Ok(map)
}
