INSERT INTO redirect_uri (app, environment, position, uri) VALUES (?1, ?2, ?3, ?4)
