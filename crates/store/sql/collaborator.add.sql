INSERT INTO collaborator (app, person, role, since) VALUES (?1, ?2, ?3, ?4)
