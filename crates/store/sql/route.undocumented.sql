SELECT id, text FROM route WHERE documented = 0 AND last_day >= ?1 ORDER BY text
