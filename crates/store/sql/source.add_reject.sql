INSERT INTO source_reject (source, received_hour, reason, lines) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (source, received_hour, reason) DO UPDATE SET lines = lines + excluded.lines
