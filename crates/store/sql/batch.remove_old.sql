DELETE FROM batch_seen WHERE sender = ?1 AND key = ?2 AND at <= ?3
