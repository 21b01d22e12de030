SELECT
    session.id, session.person, session.digest, session.user_agent, session.address, session.created_at,
    session.last_used_at, session.proven_at, session.expires_at,
    person.id, person.email, person.name, person.platform_role, person.verified_at, person.disabled_at,
    person.created_at
FROM session
JOIN person ON person.id = session.person
WHERE session.digest = ?1
