DELETE FROM batch_seen WHERE at <= ?1
