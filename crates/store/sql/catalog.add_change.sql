INSERT INTO catalog_change (import, position, kind, route, method, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
