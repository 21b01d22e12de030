SELECT value FROM counter WHERE name = 'counted'
