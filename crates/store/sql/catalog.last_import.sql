SELECT number, at FROM catalog_import ORDER BY number DESC LIMIT 1
