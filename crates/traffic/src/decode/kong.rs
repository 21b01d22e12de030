//! `kong`: the JSON of Kong's log plugins (`file-log`, `http-log`, `tcp-log` …), one request a line.
//!
//! The app is the consumer: its `custom_id`, else its `username`, else its `id`, else the consumer of the
//! authenticated credential. The company header is one of the request's headers.

use super::field_map::FieldMap;
use super::header_names;
use crate::format::FormatError;

const MAP: &str = "time=started_at method=request.method path=request.uri|request.url status=response.status \
    app=consumer.custom_id|consumer.username|consumer.id|authenticated_entity.consumer_id \
    environment=environment principal=principal";

/// The field map for a company header of this name.
pub(super) fn map(company_header: &str) -> Result<FieldMap, FormatError> {
    let mut map: FieldMap = MAP.parse()?;
    header_names::add_below(&mut map, &["request", "headers"], company_header);
    Ok(map)
}
