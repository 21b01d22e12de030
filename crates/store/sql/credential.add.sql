INSERT INTO credential (app, environment, client_id, created_at) VALUES (?1, ?2, ?3, ?4)
