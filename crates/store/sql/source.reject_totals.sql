SELECT reason, lines FROM source_reject_total WHERE source = ?1 ORDER BY lines DESC, reason
