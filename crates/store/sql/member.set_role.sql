UPDATE member SET role = ?3 WHERE organisation = ?1 AND person = ?2
