//! `nginx-json`: JSON lines written by an nginx `log_format … escape=json '{…}'`.
//!
//! nginx prescribes no names, so the usual ones are known: those of nginx's own variables and short words. The app is
//! taken from `app`, `app_id`, `client_id`, `consumer`, `http_x_app_id`, `http_x_client_id`, `remote_user`,
//! then `user`;
//! the company header from `company_header`, its own name, or `http_` with its name.

use super::field_map::FieldMap;
use super::header_names;
use crate::format::FormatError;

const MAP: &str = "time=time|timestamp|@timestamp|ts|time_iso8601|msec|time_local \
    method=method|request_method|http_method path=request_uri|path|uri|url request=request \
    status=status|status_code|response_code app=app|app_id|client_id|consumer|http_x_app_id|http_x_client_id|remote_user|user \
    environment=environment|env principal=principal";

/// The field map for a company header of this name.
pub(super) fn map(company_header: &str) -> Result<FieldMap, FormatError> {
    let mut map: FieldMap = MAP.parse()?;
    header_names::add_flat(&mut map, company_header, "http_")?;
    Ok(map)
}
