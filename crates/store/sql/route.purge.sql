DELETE FROM route WHERE last_day < ?1
