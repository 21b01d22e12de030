SELECT company_name.name
FROM (
    SELECT DISTINCT company FROM company_tally
    WHERE app = (SELECT id FROM app WHERE key = ?1) AND environment = ?2 AND day = ?3
) AS counted
CROSS JOIN company_name ON company_name.id = counted.company
ORDER BY company_name.name
