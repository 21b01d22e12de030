INSERT INTO registration (app, organisation, description, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5)
