"""Prints how many calls a Steadfast data directory has counted, also while it is in use. Usage: calls.py STEADFAST.DB"""

import sqlite3
import sys

sys.dont_write_bytecode = True
import pages

database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=60)
print(sum(values[0] for _, values in pages.counts(database, pages.DAY)))
