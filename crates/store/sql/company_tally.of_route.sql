SELECT company_tally.company, company_name.name, sum(company_tally.calls)
FROM company_tally
LEFT JOIN company_name ON company_name.id = company_tally.company
WHERE
    company_tally.app = (SELECT id FROM app WHERE key = ?1) AND company_tally.environment = 0
    AND company_tally.day BETWEEN ?2 AND ?3
    AND company_tally.route = ?4 AND company_tally.method IN (?5, ?6)
GROUP BY company_tally.company
ORDER BY sum(company_tally.calls) DESC, company_name.name
