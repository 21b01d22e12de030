INSERT INTO identity (issuer, subject, person) VALUES (?1, ?2, ?3)
