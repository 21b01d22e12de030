INSERT INTO source_position (
    path, read_offset, lines, within_line, head_len, head_digest, tail_digest, updated_at, followed_by
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
