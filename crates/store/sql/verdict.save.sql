INSERT INTO verdict (app, day, observation, affected, base, severity) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (app, day, observation) DO UPDATE
SET affected = excluded.affected, base = excluded.base, severity = excluded.severity
