SELECT id, mark, span, body FROM mark_log ORDER BY id LIMIT ?1
