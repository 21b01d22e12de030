DELETE FROM source_position WHERE followed_by IS NULL AND updated_at < ?1
