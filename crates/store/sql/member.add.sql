INSERT INTO member (organisation, person, role, since) VALUES (?1, ?2, ?3, ?4)
