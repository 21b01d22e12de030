INSERT INTO source (name, calls) VALUES (?1, 0)
ON CONFLICT (name) DO UPDATE SET calls = calls
RETURNING id
