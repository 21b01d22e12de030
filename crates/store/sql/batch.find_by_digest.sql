SELECT id, key, digest, at, accepted FROM batch_seen
WHERE sender = ?1 AND digest = ?2 AND at > ?3 AND (accepted > 0 OR key IS NULL)
ORDER BY id LIMIT 1
