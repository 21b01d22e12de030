SELECT id, at, doer, action, target, organisation, before, after
FROM audit
WHERE
    id < ?1 AND at >= ?2 AND at < ?3 AND substr(action, 1, length(?4)) = ?4
    AND (?6 IS NULL OR target = ?6) AND doer = ?7 AND (?8 IS NULL OR organisation = ?8)
ORDER BY id DESC
LIMIT ?5
