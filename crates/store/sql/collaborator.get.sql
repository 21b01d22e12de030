SELECT collaborator.role
FROM app
JOIN collaborator ON collaborator.app = app.id
WHERE app.key = ?1 AND collaborator.person = ?2
