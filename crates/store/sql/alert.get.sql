SELECT app.key, alert.person, alert.changes, alert.weekly, alert.told, alert.digest_of
FROM alert
CROSS JOIN app ON app.id = alert.app
WHERE app.key = ?1 AND alert.person = ?2
