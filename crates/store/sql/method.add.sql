INSERT INTO method (name) VALUES (?1)
