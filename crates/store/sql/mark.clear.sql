DELETE FROM dirty_day WHERE app = (SELECT id FROM app WHERE key = ?1) AND day = ?2 AND mark <= ?3
