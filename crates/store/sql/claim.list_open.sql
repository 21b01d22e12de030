SELECT
    claim.id, app.key, claim.organisation, claim.person, claim.evidence, claim.created_at, claim.decision,
    claim.decided_at, claim.decided_by
FROM claim
JOIN app ON app.id = claim.app
WHERE claim.decision IS NULL
ORDER BY claim.id
