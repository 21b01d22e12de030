SELECT min(id) FROM mark_log
