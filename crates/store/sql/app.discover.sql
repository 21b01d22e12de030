INSERT INTO app (key, name, discovered, revision) VALUES (?1, ?1, 1, ?2)
