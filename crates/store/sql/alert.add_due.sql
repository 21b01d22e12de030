INSERT INTO alert_due (app, person, was, now, as_of) VALUES (?1, ?2, ?3, ?4, ?5)
