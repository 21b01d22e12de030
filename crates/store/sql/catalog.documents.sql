SELECT name FROM catalog_document ORDER BY position
