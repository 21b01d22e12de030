SELECT id, begins, ends, detail, at FROM source_loss
WHERE source = ?1 AND reason = ?2 AND begins <= ?4 AND ends >= ?3
ORDER BY begins, id
