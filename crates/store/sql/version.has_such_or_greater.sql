SELECT EXISTS (SELECT 1 FROM version WHERE app = ?1 AND (major, minor, patch) >= (?2, ?3, ?4))
