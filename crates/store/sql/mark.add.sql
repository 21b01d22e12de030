INSERT INTO dirty_day (app, day, mark) VALUES (?1, ?2, ?3)
ON CONFLICT (app, day) DO UPDATE SET mark = max(mark, excluded.mark)
