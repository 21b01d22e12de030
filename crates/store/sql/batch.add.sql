INSERT INTO batch_seen (sender, key, digest, at, accepted) VALUES (?1, ?2, ?3, ?4, ?5)
