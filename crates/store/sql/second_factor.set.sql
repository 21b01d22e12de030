INSERT INTO second_factor (person, sealed, last_step, since) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (person) DO UPDATE
SET sealed = excluded.sealed, last_step = excluded.last_step, since = excluded.since
