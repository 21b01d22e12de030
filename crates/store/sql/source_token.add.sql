INSERT INTO source_token (
    id, source, digest, hint, apps, environments, created_at, created_by, expires_at, last_used_at, revoked_at
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
