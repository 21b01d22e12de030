SELECT EXISTS (
    SELECT 1 FROM app_day WHERE app = (SELECT id FROM app WHERE key = ?1) AND environment = ?2 AND day = ?3
)
