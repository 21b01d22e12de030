INSERT INTO app_day (app, environment, day, calls) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (app, environment, day) DO UPDATE SET calls = calls + excluded.calls
