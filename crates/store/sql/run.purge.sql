DELETE FROM count_run WHERE family = ?1 AND span = ?2
