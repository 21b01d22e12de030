INSERT INTO count_page (family, span, run, first, body) VALUES (?1, ?2, ?3, ?4, ?5)
