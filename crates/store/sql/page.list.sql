SELECT id, first, length(body) FROM count_page
WHERE family = ?1 AND span = ?2 AND run = ?3
ORDER BY first
LIMIT ?4
