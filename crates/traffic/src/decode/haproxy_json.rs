//! `haproxy-json`: HAProxy with a `log-format` that makes JSON (by hand, or `%{+json}o` from 3.0 on).
//!
//! HAProxy prescribes no names, so the usual ones are known, flat or as `haproxy.request.method` and the like. Log a time with its zone (`%trg`,
//! `%trl`, `%T`, `%Tl`, `%Ts`): `%t` and `%tr` have none and are refused. The app is taken from `app`, `app_id`,
//! `client_id`, `x_app_id`, `x_client_id`, then `user`.

use super::field_map::FieldMap;
use super::header_names;
use crate::format::FormatError;

const MAP: &str = "time=time|timestamp|@timestamp|ts|gmt_date_time|local_date_time|request_date|time_date|date|accept_date \
    method=method|http_method|request_method|haproxy.request.method|request.method \
    path=uri|path|http_uri|http_path|request_uri|http_request_uri|url|haproxy.request.uri|request.uri \
    request=request|http_request|haproxy.request.line \
    status=status|status_code|http_status|response_status|haproxy.response.status_code|response.status_code \
    app=app|app_id|client_id|x_app_id|x_client_id|user environment=environment|env principal=principal";

/// The field map for a company header of this name.
pub(super) fn map(company_header: &str) -> Result<FieldMap, FormatError> {
    let mut map: FieldMap = MAP.parse()?;
    header_names::add_flat(&mut map, company_header, "req_")?;
    for above in [["haproxy", "request", "header"], ["haproxy", "request", "headers"]] {
        header_names::add_below(&mut map, &above, company_header);
    }
    Ok(map)
}
