INSERT INTO tally (
    app, environment, day, route, method, status, calls, header_absent, service_calls, service_header_absent
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (app, environment, day, route, method, status) DO UPDATE
SET
    calls = calls + excluded.calls,
    header_absent = header_absent + excluded.header_absent,
    service_calls = service_calls + excluded.service_calls,
    service_header_absent = service_header_absent + excluded.service_header_absent
