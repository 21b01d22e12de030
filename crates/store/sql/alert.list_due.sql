SELECT alert_due.id, app.key, alert_due.person, alert_due.was, alert_due.now, alert_due.as_of
FROM alert_due
CROSS JOIN app ON app.id = alert_due.app
ORDER BY alert_due.id
LIMIT ?1
