INSERT INTO company_tally (app, environment, day, company, route, method, status, calls)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (app, environment, day, company, route, method, status) DO UPDATE SET calls = calls + excluded.calls
