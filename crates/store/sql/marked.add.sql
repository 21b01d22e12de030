INSERT INTO mark_log (mark, span, days, body) VALUES (?1, ?2, ?3, ?4)
