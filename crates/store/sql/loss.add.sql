INSERT INTO source_loss (source, begins, ends, reason, detail, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
