SELECT day, route, method, status, calls, header_absent, service_calls, service_header_absent
FROM tally
WHERE app = (SELECT id FROM app WHERE key = ?1) AND environment = ?2 AND day BETWEEN ?3 AND ?4
