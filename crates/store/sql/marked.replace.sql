UPDATE mark_log SET days = ?2, body = ?3 WHERE id = ?1
