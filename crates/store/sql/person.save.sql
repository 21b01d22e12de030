UPDATE person
SET email = ?2, name = ?3, platform_role = ?4, verified_at = ?5, disabled_at = ?6, created_at = ?7
WHERE id = ?1
