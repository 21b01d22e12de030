SELECT max(mark) FROM mark_log
