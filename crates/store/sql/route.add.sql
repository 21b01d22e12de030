INSERT INTO route (documented, text, last_day) VALUES (?1, ?2, ?3)
