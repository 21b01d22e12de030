INSERT INTO count_run (family, span, run, bytes) VALUES (?1, ?2, ?3, ?4)
