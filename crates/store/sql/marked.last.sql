SELECT max(id) FROM mark_log
