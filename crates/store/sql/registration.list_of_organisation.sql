SELECT app.key
FROM registration
JOIN app ON app.id = registration.app
WHERE registration.organisation = ?1
ORDER BY app.key
