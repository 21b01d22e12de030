"""Prints how many calls a Steadfast data directory has counted, also while it is in use. Usage: calls.py STEADFAST.DB"""

import sqlite3
import sys

database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=60)
print(database.execute("SELECT coalesce(sum(calls), 0) FROM tally").fetchone()[0])
