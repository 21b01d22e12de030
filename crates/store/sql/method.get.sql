SELECT name FROM method WHERE id = ?1
