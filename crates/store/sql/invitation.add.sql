INSERT INTO invitation (
    id, app, organisation, role, email, digest, invited_by, created_at, expires_at, ended, ended_at
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
