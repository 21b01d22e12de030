WITH RECURSIVE length (head_len) AS (
    SELECT max(head_len) FROM source_position
    UNION ALL
    SELECT (SELECT max(shorter.head_len) FROM source_position AS shorter WHERE shorter.head_len < length.head_len)
    FROM length
    WHERE length.head_len IS NOT NULL
)

SELECT head_len FROM length WHERE head_len IS NOT NULL ORDER BY head_len DESC
