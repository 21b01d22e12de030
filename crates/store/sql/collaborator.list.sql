SELECT
    person.id, person.email, person.name, person.platform_role, person.verified_at, person.disabled_at,
    person.created_at,
    app.key, collaborator.person, collaborator.role, collaborator.since
FROM app
JOIN collaborator ON collaborator.app = app.id
JOIN person ON person.id = collaborator.person
WHERE app.key = ?1
ORDER BY collaborator.role <> 'owner', person.name COLLATE NOCASE, person.id
