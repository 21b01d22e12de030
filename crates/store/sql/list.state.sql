SELECT
    revision, reset,
    EXISTS (SELECT 1 FROM dirty_day WHERE day BETWEEN ?1 AND ?2)
    OR EXISTS (
        SELECT 1 FROM mark_log
        WHERE
            span BETWEEN ?3 AND ?4
            AND days & iif(span = ?3, ?5, -1) & iif(span = ?4, ?6, -1) <> 0
    )
FROM list_revision
