SELECT min((SELECT min(app_day.day) FROM app_day WHERE app_day.app = app.id AND app_day.environment = 0)) FROM app
