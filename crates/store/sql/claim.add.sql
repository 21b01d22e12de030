INSERT INTO claim (id, app, organisation, person, evidence, created_at, decision, decided_at, decided_by)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
