SELECT source.name, listened.until, listened.ended
FROM listened JOIN source ON source.id = listened.source
ORDER BY source.name
