SELECT app.key, collaborator.role
FROM collaborator
JOIN app ON app.id = collaborator.app
WHERE collaborator.person = ?1
ORDER BY app.key
