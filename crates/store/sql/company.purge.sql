DELETE FROM company_name WHERE last_day < ?1
