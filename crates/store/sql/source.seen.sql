INSERT INTO source (name, way, first_hour, last_call, last_received, calls) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (name) DO UPDATE SET
    way = excluded.way,
    first_hour = min(coalesce(first_hour, excluded.first_hour), coalesce(excluded.first_hour, first_hour)),
    last_call = max(coalesce(last_call, excluded.last_call), coalesce(excluded.last_call, last_call)),
    last_received = max(coalesce(last_received, excluded.last_received), excluded.last_received),
    calls = calls + excluded.calls
RETURNING id
