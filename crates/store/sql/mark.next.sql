UPDATE counter SET value = value + 1 WHERE name = 'mark' RETURNING value
