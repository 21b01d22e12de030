SELECT EXISTS (
    SELECT 1 FROM mark_log
    WHERE
        mark <= ?5
        AND span BETWEEN ?1 AND ?2
        AND days & iif(span = ?1, ?3, -1) & iif(span = ?2, ?4, -1) <> 0
)
