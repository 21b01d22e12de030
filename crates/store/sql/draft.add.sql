INSERT INTO draft (app, manifest, revision, updated_at) VALUES (?1, ?2, ?3, ?4)
