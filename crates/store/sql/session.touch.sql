UPDATE session SET last_used_at = max(last_used_at, ?2) WHERE id = ?1
