UPDATE organisation SET name = ?2, created_at = ?3 WHERE id = ?1
