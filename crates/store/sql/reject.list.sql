SELECT reason, lines FROM reject_count ORDER BY lines DESC, reason
