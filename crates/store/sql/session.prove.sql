UPDATE session SET proven_at = ?2 WHERE id = ?1
