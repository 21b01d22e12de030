DELETE FROM done_request WHERE at <= ?1
