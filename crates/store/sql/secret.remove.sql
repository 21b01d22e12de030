DELETE FROM client_secret WHERE app = ?1 AND environment = ?2 AND id = ?3
