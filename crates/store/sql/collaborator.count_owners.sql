SELECT count(*) FROM collaborator WHERE app = ?1 AND role = 'owner'
