DELETE FROM claim WHERE app = ?1
