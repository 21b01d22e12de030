INSERT INTO audit (id, at, doer, action, target, organisation, before, after)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
