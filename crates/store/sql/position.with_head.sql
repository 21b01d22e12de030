SELECT id, path, read_offset, lines, within_line, head_len, head_digest, tail_digest, updated_at, followed_by
FROM source_position
WHERE head_len = ?1 AND head_digest = ?2
ORDER BY id
