DELETE FROM verdict_day WHERE app = ?1 AND day = ?2 AND mark <= ?3
