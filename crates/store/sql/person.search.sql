SELECT id, email, name, platform_role, verified_at, disabled_at, created_at
FROM person
WHERE email > ?1 AND (instr(email, lower(?2)) > 0 OR instr(lower(name), lower(?2)) > 0)
ORDER BY email
LIMIT ?3
