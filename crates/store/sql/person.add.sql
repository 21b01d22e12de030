INSERT INTO person (id, email, name, platform_role, verified_at, disabled_at, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
