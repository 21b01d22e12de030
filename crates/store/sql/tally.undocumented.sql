SELECT text FROM route
WHERE
    documented = 0 AND last_day >= ?1
    AND id IN (
        SELECT route FROM tally
        WHERE app IN (SELECT id FROM app) AND environment IN (0, 1) AND day >= ?1
    )
ORDER BY text
