INSERT INTO app (key, name, distribution, discovered, revision) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (key) DO UPDATE
SET name = excluded.name, distribution = excluded.distribution, discovered = excluded.discovered
RETURNING id
