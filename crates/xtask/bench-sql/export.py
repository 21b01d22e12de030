"""Writes the counts of a Steadfast data directory as CSV: app, day, route, method, status, calls, calls without the
company header. Usage: export.py STEADFAST.DB OUT.CSV"""

import csv
import sqlite3
import sys

QUERY = """
SELECT app.key, date(tally.day * 86400, 'unixepoch'), route.text, method.name, tally.status,
    sum(tally.calls), sum(tally.header_absent)
FROM tally
JOIN app ON app.id = tally.app
JOIN route ON route.id = tally.route
JOIN method ON method.id = tally.method
WHERE tally.environment = 0
GROUP BY tally.app, tally.day, route.text, tally.method, tally.status
"""

database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
with open(sys.argv[2], "w", newline="") as out:
    csv.writer(out).writerows(database.execute(QUERY))
