DELETE FROM redirect_uri WHERE app = ?1 AND environment = ?2
