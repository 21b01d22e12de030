DELETE FROM mark_log WHERE span < ?1
