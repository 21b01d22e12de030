-- Whose calls show a problem: counts by company.

-- `last_day`: no count of the company is of a later day, so it can go once that day is purged.
CREATE TABLE company_name (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    last_day INTEGER NOT NULL
) STRICT;

-- `company`: the id of its name, 0 for calls without the header, -1 for those beyond the bound. Without foreign keys,
-- as `tally`.
CREATE TABLE company_tally (
    app INTEGER NOT NULL,
    environment INTEGER NOT NULL,
    day INTEGER NOT NULL,
    company INTEGER NOT NULL,
    route INTEGER NOT NULL,
    method INTEGER NOT NULL,
    status INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (app, environment, day, company, route, method, status)
) STRICT, WITHOUT ROWID;

-- Batches that were counted, so that one that is sent again is not counted again. `key` is the sender's own name for
-- the batch, if it gave one; `digest` is SHA-256.

CREATE TABLE batch_seen (
    id INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    key TEXT,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    at INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    UNIQUE (sender, key)
) STRICT;

CREATE INDEX batch_seen_digest ON batch_seen (sender, digest);

CREATE INDEX batch_seen_at ON batch_seen (at);

CREATE TABLE batch_reject (
    batch INTEGER NOT NULL REFERENCES batch_seen (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    lines INTEGER NOT NULL,
    PRIMARY KEY (batch, reason)
) STRICT, WITHOUT ROWID;
