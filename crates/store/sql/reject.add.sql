INSERT INTO reject_count (reason, lines) VALUES (?1, ?2)
ON CONFLICT (reason) DO UPDATE SET lines = lines + excluded.lines
