UPDATE source_position
SET
    path = ?1, read_offset = ?2, lines = ?3, within_line = ?4, head_len = ?5, head_digest = ?6, tail_digest = ?7,
    updated_at = ?8, followed_by = ?9
WHERE id = ?10
