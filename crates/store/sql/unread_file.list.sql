SELECT source, path, reason FROM unread_file ORDER BY source, path
