DELETE FROM catalog_route
