INSERT INTO dirty_day (app, day, mark)
SELECT app, day, ?1 FROM app_day WHERE environment = 0
ON CONFLICT (app, day) DO UPDATE SET mark = excluded.mark
