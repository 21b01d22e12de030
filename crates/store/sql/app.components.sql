SELECT component FROM app_component WHERE app = ?1 ORDER BY position
