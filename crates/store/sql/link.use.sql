DELETE FROM link WHERE digest = ?1 AND purpose = ?2 AND expires_at > ?3
