INSERT INTO catalog_operation (
    route, position, method, document, summary, deprecated, deprecated_since, sunset, replaced_by, internal,
    company_scoped, documented_until
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
