INSERT INTO password (person, hash) VALUES (?1, ?2)
ON CONFLICT (person) DO UPDATE SET hash = excluded.hash
