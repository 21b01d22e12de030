SELECT 1 FROM credential WHERE app = ?1 AND environment = ?2
