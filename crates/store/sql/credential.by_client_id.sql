SELECT app.key, credential.environment, credential.client_id, credential.created_at, credential.app
FROM credential
JOIN app ON app.id = credential.app
WHERE credential.client_id = ?1
