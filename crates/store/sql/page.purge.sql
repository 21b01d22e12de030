DELETE FROM count_page WHERE family = ?1 AND span = ?2
