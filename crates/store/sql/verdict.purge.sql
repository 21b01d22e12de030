DELETE FROM verdict_day WHERE app IN (SELECT id FROM app) AND day < ?1
