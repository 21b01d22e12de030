SELECT app, component FROM app_component ORDER BY app, position
