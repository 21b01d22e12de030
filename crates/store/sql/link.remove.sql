DELETE FROM link WHERE person IS ?2 AND purpose = ?1
