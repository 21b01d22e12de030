SELECT run, bytes, target FROM count_run WHERE family = ?1 AND span = ?2 ORDER BY run
