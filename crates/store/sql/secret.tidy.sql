DELETE FROM client_secret WHERE expires_at <= ?1
