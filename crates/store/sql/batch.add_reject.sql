INSERT INTO batch_reject (batch, reason, lines) VALUES (?1, ?2, ?3)
