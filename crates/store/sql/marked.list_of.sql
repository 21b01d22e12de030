SELECT id, days, body FROM mark_log WHERE span = ?1 AND days & ?2 <> 0
