DELETE FROM member WHERE organisation = ?1 AND person = ?2
