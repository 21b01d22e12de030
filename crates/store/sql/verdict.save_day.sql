INSERT INTO verdict_day (app, day, calls, mark) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (app, day) DO UPDATE SET calls = excluded.calls, mark = excluded.mark
WHERE mark <= excluded.mark
