SELECT id, name, way, first_hour, last_call, last_received, calls FROM source ORDER BY name
