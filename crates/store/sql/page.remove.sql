DELETE FROM count_page WHERE id = ?1
