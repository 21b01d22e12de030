UPDATE second_factor SET last_step = ?2 WHERE person = ?1 AND last_step < ?2
