DELETE FROM company_tally WHERE app IN (SELECT id FROM app) AND environment IN (0, 1) AND day < ?1
