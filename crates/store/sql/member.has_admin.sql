SELECT EXISTS (SELECT 1 FROM member WHERE organisation = ?1 AND role = 'admin')
