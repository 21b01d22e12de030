DELETE FROM dirty_day WHERE day < ?1
