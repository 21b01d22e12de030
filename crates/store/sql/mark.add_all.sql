SELECT app, day FROM app_day WHERE environment = 0
