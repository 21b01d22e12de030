DELETE FROM app_day WHERE app IN (SELECT id FROM app) AND environment IN (0, 1) AND day < ?1
