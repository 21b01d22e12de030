SELECT
    app.key, registration.organisation, registration.description, registration.created_at, registration.created_by
FROM registration
JOIN app ON app.id = registration.app
ORDER BY app.key
