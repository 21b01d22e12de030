DELETE FROM mark_log WHERE id = ?1
