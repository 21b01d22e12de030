SELECT source.name, source_loss.begins, source_loss.ends, source_loss.reason, source_loss.detail, source_loss.at
FROM source_loss JOIN source ON source.id = source_loss.source
ORDER BY source.name, source_loss.begins, source_loss.id
