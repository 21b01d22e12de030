UPDATE alert SET told = ?5, digest_of = ?6 WHERE app = ?1 AND person = ?2 AND told = ?3 AND digest_of = ?4
