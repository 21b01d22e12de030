UPDATE client_secret SET expires_at = ?4 WHERE app = ?1 AND environment = ?2 AND id = ?3
