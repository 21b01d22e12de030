DELETE FROM client_secret WHERE app = ?1 AND environment = ?2 AND expires_at <= ?3
