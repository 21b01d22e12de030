-- Whoever adds apps gives them their revision: one for all of a commit, instead of one each.
DROP TRIGGER app_was_added;

-- `last_day` of texts is the last day of a span of 32 days, so that it grows once a span instead of every day.
UPDATE route SET last_day = ((last_day + 719528) | 31) - 719528;
UPDATE company_name SET last_day = ((last_day + 719528) | 31) - 719528;

-- Production days with counts that changed and are not in `dirty_day` yet. `days`: which days of the span are in it, one
-- bit each.
CREATE TABLE mark_log (
    id INTEGER PRIMARY KEY,
    mark INTEGER NOT NULL,
    span INTEGER NOT NULL,
    days INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

-- Counts in sorted runs of pages. `family`: 0 by route, 1 by company, 2 by day. `span`: 32 days, (day + 719528) >> 5. What is
-- true of a key is the sum over all runs of its family and span. `bytes`: of the pages' bodies. `target`: the run that it is
-- being merged into, if any.
CREATE TABLE count_run (
    family INTEGER NOT NULL CHECK (family BETWEEN 0 AND 2),
    span INTEGER NOT NULL,
    run INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    target INTEGER,
    PRIMARY KEY (family, span, run)
) STRICT, WITHOUT ROWID;

-- `first`: the key of the first entry. Not without row ids: bodies would fill the inner nodes.
CREATE TABLE count_page (
    id INTEGER PRIMARY KEY,
    family INTEGER NOT NULL,
    span INTEGER NOT NULL,
    run INTEGER NOT NULL,
    first BLOB NOT NULL CHECK (length(first) = 17),
    body BLOB NOT NULL,
    UNIQUE (family, span, run, first)
) STRICT;

-- All calls that were ever added: as long as they are few enough for a number, so is every sum of them.
INSERT INTO counter (name, value) VALUES ('counted', 0);
