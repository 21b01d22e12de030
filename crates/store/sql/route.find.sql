SELECT id, last_day FROM route WHERE documented = ?1 AND text = ?2
