SELECT day, company, route, method, status, calls
FROM company_tally
WHERE
    app = (SELECT id FROM app WHERE key = ?1) AND environment = ?2 AND day BETWEEN ?3 AND ?4
    AND (?5 IS NULL OR company = ?5)
