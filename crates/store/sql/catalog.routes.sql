SELECT position, template, text, documented_until FROM catalog_route ORDER BY position
