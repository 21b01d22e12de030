SELECT app.key, dirty_day.day, dirty_day.mark
FROM app
CROSS JOIN dirty_day ON dirty_day.app = app.id
WHERE dirty_day.day BETWEEN ?1 AND ?2 AND app.key >= ?4 AND (app.key > ?4 OR dirty_day.day > ?5)
ORDER BY app.key, dirty_day.day
LIMIT ?3
