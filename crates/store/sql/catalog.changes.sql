SELECT change.import, catalog_import.at, change.kind, change.route, change.method, change.detail
FROM catalog_change AS change
JOIN catalog_import ON catalog_import.number = change.import
ORDER BY change.import DESC, change.position
LIMIT ?1
