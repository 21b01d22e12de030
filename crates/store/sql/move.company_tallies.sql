INSERT INTO company_tally (app, environment, day, company, route, method, status, calls)
SELECT
    moved.app, moved.environment, moved.day, moved.company, route_move.target, moved.method, moved.status, moved.calls
FROM company_tally AS moved
CROSS JOIN temp.route_move ON route_move.source = moved.route
WHERE moved.app IN (SELECT id FROM app) AND moved.environment IN (0, 1) AND moved.day >= ?1
ON CONFLICT (app, environment, day, company, route, method, status) DO UPDATE SET calls = calls + excluded.calls
