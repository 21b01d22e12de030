DELETE FROM app_component WHERE app = ?1
