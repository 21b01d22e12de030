DELETE FROM unread_file
