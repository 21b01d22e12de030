SELECT app.key, verdict_day.day, verdict_day.calls, verdict.observation, verdict.affected, verdict.base, verdict.severity
FROM app
CROSS JOIN verdict_day ON verdict_day.app = app.id
CROSS JOIN verdict ON verdict.app = verdict_day.app AND verdict.day = verdict_day.day
WHERE verdict_day.day BETWEEN ?1 AND ?2
ORDER BY app.key, verdict_day.day, verdict.observation
