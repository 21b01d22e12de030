DELETE FROM source_loss
WHERE source = ?1 AND id <= (SELECT id FROM source_loss WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
