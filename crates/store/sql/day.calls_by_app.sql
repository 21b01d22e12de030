SELECT app.key, sum(app_day.calls)
FROM app
CROSS JOIN app_day ON app_day.app = app.id
WHERE app_day.environment = 0 AND app_day.day BETWEEN ?1 AND ?2
GROUP BY app.key
HAVING sum(app_day.calls) > 0
ORDER BY app.key
