SELECT source.name, source_reject.reason, sum(source_reject.lines)
FROM source JOIN source_reject ON source_reject.source = source.id AND source_reject.received_hour >= ?1
GROUP BY source.name, source_reject.reason
ORDER BY source.name, sum(source_reject.lines) DESC, source_reject.reason
