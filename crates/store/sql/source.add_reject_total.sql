INSERT INTO source_reject_total (source, reason, lines) VALUES (?1, ?2, ?3)
ON CONFLICT (source, reason) DO UPDATE SET lines = lines + excluded.lines
