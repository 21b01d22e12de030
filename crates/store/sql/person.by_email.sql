SELECT id, email, name, platform_role, verified_at, disabled_at, created_at FROM person WHERE email = ?1
