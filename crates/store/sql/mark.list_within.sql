SELECT app.key, dirty_day.day, dirty_day.mark
FROM dirty_day INDEXED BY dirty_day_day
CROSS JOIN app ON app.id = dirty_day.app
WHERE dirty_day.day BETWEEN ?1 AND ?2 AND (app.key, dirty_day.day) > (?4, ?5)
ORDER BY app.key, dirty_day.day
LIMIT ?3
