SELECT DISTINCT head_len FROM source_position ORDER BY head_len DESC
