INSERT INTO app (key, name, discovered) VALUES (?1, ?1, 1)
