SELECT 1 FROM source_position WHERE id > ?1 AND NOT (head_len = ?2 AND head_digest <> ?3) LIMIT 1
