SELECT
    id, NULL, organisation, role, email, digest, invited_by, created_at, expires_at, ended, ended_at
FROM invitation
WHERE organisation = ?1
ORDER BY id DESC
