SELECT DISTINCT span FROM count_run WHERE family = ?1 ORDER BY span
