SELECT documented, text FROM route WHERE id = ?1
