INSERT INTO catalog_document (position, name) VALUES (?1, ?2)
