SELECT id, key, name, distribution, discovered FROM app ORDER BY key
