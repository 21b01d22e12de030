UPDATE count_run SET bytes = ?4 WHERE family = ?1 AND span = ?2 AND run = ?3
