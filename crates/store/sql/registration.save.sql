UPDATE registration SET organisation = ?2, description = ?3 WHERE app = ?1
