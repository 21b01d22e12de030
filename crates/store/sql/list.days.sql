SELECT day, calls, severities FROM verdict_day WHERE app = ?1 AND day BETWEEN ?2 AND ?3 ORDER BY day
