UPDATE draft SET manifest = ?2, revision = ?3, updated_at = ?4 WHERE app = ?1 AND revision = ?3 - 1
