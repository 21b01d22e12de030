SELECT coalesce(max(id), 0) FROM source_position
