DELETE FROM verdict_day WHERE app = ?1
