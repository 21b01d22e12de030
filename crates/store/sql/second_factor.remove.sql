DELETE FROM second_factor WHERE person = ?1
