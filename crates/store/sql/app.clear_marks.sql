DELETE FROM dirty_day WHERE app = ?1
