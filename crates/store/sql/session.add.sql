INSERT INTO session (id, person, digest, user_agent, address, created_at, last_used_at, proven_at, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
