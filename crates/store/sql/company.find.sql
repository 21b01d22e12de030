SELECT id, last_day FROM company_name WHERE name = ?1
