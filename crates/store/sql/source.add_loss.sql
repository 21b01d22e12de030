INSERT INTO source_loss (source, begins, ends, reason, detail, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (source, begins, ends, reason, detail) DO NOTHING
