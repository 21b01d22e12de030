INSERT INTO catalog_route (position, template, text, documented_until) VALUES (?1, ?2, ?3, ?4)
