SELECT id FROM app WHERE key = ?1
