SELECT source.name, source_hour.hour, source_hour.calls
FROM source_hour JOIN source ON source.id = source_hour.source
WHERE source_hour.revision > ?1
