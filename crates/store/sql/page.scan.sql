SELECT count_run.span, count_page.body
FROM count_run
CROSS JOIN count_page
    ON count_page.family = ?1 AND count_page.span = +count_run.span AND count_page.run = count_run.run
WHERE count_run.family = ?1 AND count_run.span BETWEEN ?2 AND ?3
ORDER BY count_run.span
