UPDATE company_name SET last_day = max(last_day, ?2) WHERE id = ?1
