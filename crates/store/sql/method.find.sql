SELECT id FROM method WHERE name = ?1
