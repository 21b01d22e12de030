INSERT INTO alert (app, person, changes, weekly, told, digest_of) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (app, person) DO UPDATE
SET changes = excluded.changes, weekly = excluded.weekly, told = excluded.told, digest_of = excluded.digest_of
