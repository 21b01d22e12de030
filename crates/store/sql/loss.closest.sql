SELECT before, id
FROM (
    SELECT id, begins, lag(id) OVER of_reason AS before, begins - lag(ends) OVER of_reason AS distance
    FROM source_loss
    WHERE source = ?1
    WINDOW of_reason AS (PARTITION BY reason ORDER BY begins, id)
)
WHERE before IS NOT NULL
ORDER BY distance, begins
LIMIT 1
