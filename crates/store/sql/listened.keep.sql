INSERT INTO listened (source, until, ended) SELECT id, ?2, ?3 FROM source WHERE name = ?1
ON CONFLICT (source) DO UPDATE SET until = excluded.until, ended = excluded.ended
