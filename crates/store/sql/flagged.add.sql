INSERT INTO flagged (app, kind, route, method, day, calls) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (app, kind, route, method, day) DO UPDATE SET calls = calls + excluded.calls
