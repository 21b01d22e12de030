INSERT INTO batch_seen (sender, key, digest, at, accepted)
VALUES (?1, ?2, ?3, max(?4, coalesce((SELECT max(at) FROM batch_seen WHERE at <= ?4 + ?6), ?4)), ?5)
