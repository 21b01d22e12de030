INSERT INTO verdict_day (app, day, calls, mark, severities) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (app, day) DO UPDATE SET calls = excluded.calls, mark = excluded.mark, severities = excluded.severities
WHERE mark <= excluded.mark
