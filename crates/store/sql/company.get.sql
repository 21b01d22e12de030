SELECT name FROM company_name WHERE id = ?1
