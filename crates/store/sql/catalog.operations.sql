SELECT
    route, method, document, summary, deprecated, deprecated_since, sunset, replaced_by, internal,
    company_scoped, documented_until
FROM catalog_operation
ORDER BY route, position
