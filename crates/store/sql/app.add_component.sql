INSERT INTO app_component (app, position, component) VALUES (?1, ?2, ?3)
