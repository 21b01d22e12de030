SELECT route.text
FROM (
    SELECT DISTINCT route FROM tally
    WHERE app = (SELECT id FROM app WHERE key = ?1) AND environment = ?2 AND day = ?3
) AS counted
CROSS JOIN route ON route.id = counted.route
WHERE route.documented = 0
ORDER BY route.text
