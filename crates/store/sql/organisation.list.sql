SELECT id, name, created_at FROM organisation ORDER BY name COLLATE NOCASE, id
