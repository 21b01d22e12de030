INSERT INTO company_name (name, last_day) VALUES (?1, ?2)
