SELECT id, path, read_offset, lines, within_line, head_len, head_digest, tail_digest, updated_at, followed_by
FROM source_position
ORDER BY path, id
