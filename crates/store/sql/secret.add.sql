INSERT INTO client_secret (id, app, environment, digest, hint, created_at, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
