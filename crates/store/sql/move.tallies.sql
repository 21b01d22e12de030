INSERT INTO tally (
    app, environment, day, route, method, status, calls, header_absent, service_calls, service_header_absent
)
SELECT
    moved.app, moved.environment, moved.day, route_move.target, moved.method, moved.status,
    moved.calls, moved.header_absent, moved.service_calls, moved.service_header_absent
FROM tally AS moved
CROSS JOIN temp.route_move ON route_move.source = moved.route
WHERE moved.app IN (SELECT id FROM app) AND moved.environment IN (0, 1) AND moved.day >= ?1
ON CONFLICT (app, environment, day, route, method, status) DO UPDATE
SET
    calls = calls + excluded.calls,
    header_absent = header_absent + excluded.header_absent,
    service_calls = service_calls + excluded.service_calls,
    service_header_absent = service_header_absent + excluded.service_header_absent
