DELETE FROM batch_seen WHERE id IN (SELECT id FROM batch_seen WHERE at <= ?1 LIMIT ?2)
