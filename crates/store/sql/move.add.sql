INSERT INTO temp.route_move (source, target) VALUES (?1, ?2) ON CONFLICT (source) DO NOTHING
