INSERT INTO recovery_code (person, digest) VALUES (?1, ?2)
