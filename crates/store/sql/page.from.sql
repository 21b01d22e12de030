SELECT first, body FROM count_page
WHERE
    family = ?1 AND span = ?2 AND run = ?3
    AND first >= coalesce((
        SELECT max(before.first) FROM count_page AS before
        WHERE before.family = ?1 AND before.span = ?2 AND before.run = ?3 AND before.first <= ?4
    ), ?4)
    AND first <= ?5
ORDER BY first
