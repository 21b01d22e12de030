SELECT
    id, person, organisation, created_by, name, digest, hint, scopes, created_at, expires_at, last_used_at,
    revoked_at
FROM token
WHERE person = ?1
ORDER BY id DESC
