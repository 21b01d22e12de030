UPDATE collaborator SET role = ?4 WHERE app = ?1 AND person = ?2 AND role = ?3
