SELECT
    id, source, digest, hint, apps, environments, created_at, created_by, expires_at, last_used_at, revoked_at
FROM source_token
WHERE digest = ?1
