INSERT INTO done_request (doer, key, digest, location, at) VALUES (?1, ?2, ?3, ?4, ?5)
