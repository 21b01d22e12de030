SELECT count_run.span, count_page.body
FROM count_run
CROSS JOIN count_page
    ON count_page.family = ?1 AND count_page.span = +count_run.span AND count_page.run = count_run.run
    AND count_page.first >= coalesce((
        SELECT max(before.first) FROM count_page AS before
        WHERE before.family = ?1 AND before.span = +count_run.span AND before.run = count_run.run AND before.first <= ?4
    ), ?4)
    AND count_page.first <= ?5
WHERE count_run.family = ?1 AND count_run.span BETWEEN ?2 AND ?3
ORDER BY count_run.span
