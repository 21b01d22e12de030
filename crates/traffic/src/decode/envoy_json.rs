//! `envoy-json`: Envoy's access log with a `json_format`, with the names that Istio and Envoy Gateway use.
//!
//! Envoy knows no app; let it log one, such as `"app": "%REQ(X-APP-ID)%"` or
//! `"app": "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:client_id)%"`. It is taken from `app`, `app_id`,
//! `client_id`, `x-app-id`, `x_app_id`, `x-client-id`, `x_client_id`, `consumer`, then `user`. The company header
//! is logged with `"procore-company-id": "%REQ(PROCORE-COMPANY-ID)%"`.

use super::field_map::FieldMap;
use super::header_names;
use crate::format::FormatError;

const MAP: &str = "time=start_time|timestamp|@timestamp|time \
    method=method|:method|request_method path=path|x-envoy-origin-path|x_envoy_origin_path|x-envoy-original-path|:path|request_path \
    status=response_code|status|status_code \
    app=app|app_id|client_id|x-app-id|x_app_id|x-client-id|x_client_id|consumer|user environment=environment|env \
    principal=principal";

/// The field map for a company header of this name.
pub(super) fn map(company_header: &str) -> Result<FieldMap, FormatError> {
    let mut map: FieldMap = MAP.parse()?;
    header_names::add_flat(&mut map, company_header, "x_")?;
    Ok(map)
}
