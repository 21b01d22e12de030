DELETE FROM temp.route_move
