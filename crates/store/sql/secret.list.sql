SELECT id, digest, hint, created_at, expires_at
FROM client_secret
WHERE app = ?1 AND environment = ?2
ORDER BY created_at, id
