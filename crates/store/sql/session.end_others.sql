DELETE FROM session WHERE person = ?1 AND id IS NOT ?2
