"""Writes the counts of a Steadfast data directory as CSV: app, day, route, method, status, calls, calls without the
company header. Usage: export.py STEADFAST.DB OUT.CSV"""

import collections
import csv
import datetime
import sqlite3
import sys

sys.dont_write_bytecode = True
import pages

database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
# One state of the database.
database.execute("BEGIN")
apps = dict(database.execute("SELECT id, key FROM app"))
routes = dict(database.execute("SELECT id, text FROM route"))
methods = dict(database.execute("SELECT id, name FROM method"))

sums = collections.defaultdict(lambda: [0, 0])
for (app, sandbox, day, _, route, method, status), (calls, absent, *_) in pages.counts(database, pages.TALLY):
    if not sandbox:
        sum_of_key = sums[app, day, routes[route], method, status]
        sum_of_key[0] += calls
        sum_of_key[1] += absent

with open(sys.argv[2], "w", newline="") as out:
    rows = csv.writer(out)
    for (app, day, route, method, status), values in sums.items():
        date = datetime.date(1970, 1, 1) + datetime.timedelta(days=day)
        rows.writerow([apps[app], date.isoformat(), route, methods[method], status, *values])
