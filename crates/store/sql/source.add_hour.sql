INSERT INTO source_hour (source, hour, calls, revision) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (source, hour) DO UPDATE SET calls = calls + excluded.calls, revision = excluded.revision
