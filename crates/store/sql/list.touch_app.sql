UPDATE app SET revision = ?2 WHERE id = ?1
