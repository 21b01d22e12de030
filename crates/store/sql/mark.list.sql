SELECT app.key, dirty_day.day, dirty_day.mark
FROM app
CROSS JOIN dirty_day ON dirty_day.app = app.id
ORDER BY app.key, dirty_day.day
LIMIT ?1
