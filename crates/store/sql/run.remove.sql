DELETE FROM count_run
WHERE
    family = ?1 AND span = ?2 AND run = ?3
    AND NOT EXISTS (SELECT 1 FROM count_run AS input WHERE input.family = ?1 AND input.span = ?2 AND input.target = ?3)
