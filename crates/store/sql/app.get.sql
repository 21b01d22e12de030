SELECT id, key, name, distribution, discovered FROM app WHERE key = ?1
