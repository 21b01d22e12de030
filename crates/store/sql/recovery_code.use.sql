DELETE FROM recovery_code WHERE person = ?1 AND digest = ?2
