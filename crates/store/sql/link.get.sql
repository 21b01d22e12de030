SELECT digest, purpose, person, failures, expires_at FROM link WHERE digest = ?1
