SELECT app.key, credential.environment, credential.client_id, credential.created_at, credential.app
FROM app
JOIN credential ON credential.app = app.id
WHERE app.key = ?1
ORDER BY credential.environment
