SELECT revision, reset, EXISTS (SELECT 1 FROM dirty_day WHERE day BETWEEN ?1 AND ?2) FROM list_revision
