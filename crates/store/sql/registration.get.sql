SELECT
    app.key, registration.organisation, registration.description, registration.created_at, registration.created_by
FROM app
JOIN registration ON registration.app = app.id
WHERE app.key = ?1
