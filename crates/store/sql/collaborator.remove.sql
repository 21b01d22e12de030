DELETE FROM collaborator WHERE app = ?1 AND person = ?2
