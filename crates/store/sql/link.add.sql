INSERT INTO link (digest, purpose, person, failures, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
