SELECT digest, location, at FROM done_request WHERE doer = ?1 AND key = ?2
