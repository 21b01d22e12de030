SELECT reason, lines FROM batch_reject WHERE batch = ?1 ORDER BY lines DESC, reason
