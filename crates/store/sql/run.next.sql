SELECT coalesce(max(run), 0) + 1 FROM count_run WHERE family = ?1 AND span = ?2
