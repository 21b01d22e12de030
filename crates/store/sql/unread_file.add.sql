INSERT INTO unread_file (source, path, reason) VALUES (?1, ?2, ?3)
ON CONFLICT (source, path) DO UPDATE SET reason = excluded.reason
