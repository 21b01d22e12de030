SELECT
    organisation.id, organisation.name, organisation.created_at,
    member.organisation, member.person, member.role, member.since
FROM member
JOIN organisation ON organisation.id = member.organisation
WHERE member.person = ?1
ORDER BY organisation.name COLLATE NOCASE, organisation.id
