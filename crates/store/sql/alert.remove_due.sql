DELETE FROM alert_due WHERE id = ?1
