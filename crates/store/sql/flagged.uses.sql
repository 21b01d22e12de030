SELECT kind, route, method, min(day), max(day), sum(iif(day BETWEEN ?2 AND ?3, calls, 0))
FROM flagged
WHERE app = ?1
GROUP BY kind, route, method
HAVING kind = 0 OR sum(iif(day BETWEEN ?2 AND ?3, calls, 0)) > 0
