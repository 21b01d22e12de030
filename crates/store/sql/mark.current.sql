SELECT value FROM counter WHERE name = 'mark'
