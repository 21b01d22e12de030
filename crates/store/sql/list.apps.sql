SELECT app.id, app.key, app.name, app.distribution, app.discovered, registration.organisation
FROM app
LEFT JOIN registration ON registration.app = app.id
WHERE app.revision > ?1
