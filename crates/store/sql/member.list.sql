SELECT
    person.id, person.email, person.name, person.platform_role, person.verified_at, person.disabled_at,
    person.created_at,
    member.organisation, member.person, member.role, member.since
FROM member
JOIN person ON person.id = member.person
WHERE member.organisation = ?1
ORDER BY person.name COLLATE NOCASE, person.id
