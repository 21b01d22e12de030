DELETE FROM listened WHERE source = (SELECT id FROM source WHERE name = ?1)
