-- Days are days since 1970-01-01, instants are milliseconds since then (UTC).
-- Digests are unsigned 64-bit numbers kept as the signed number with the same bits.

CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO counter (name, value) VALUES ('mark', 0);

CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The registry.

CREATE TABLE app (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    distribution TEXT CHECK (distribution IN ('custom', 'marketplace')),
    discovered INTEGER NOT NULL CHECK (discovered IN (0, 1))
) STRICT;

CREATE TABLE app_component (
    app INTEGER NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    component TEXT NOT NULL CHECK (component IN ('data_connection', 'full_screen', 'side_panel')),
    PRIMARY KEY (app, position)
) STRICT, WITHOUT ROWID;

-- The catalog as of the last import, and the log of all.

CREATE TABLE catalog_import (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE catalog_document (
    position INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE catalog_route (
    position INTEGER PRIMARY KEY,
    template TEXT NOT NULL,
    text TEXT NOT NULL UNIQUE,
    documented_until INTEGER
) STRICT;

-- `deprecated` without `deprecated_since` is deprecated on every day.
CREATE TABLE catalog_operation (
    route INTEGER NOT NULL REFERENCES catalog_route (position) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    method TEXT NOT NULL,
    document TEXT NOT NULL,
    summary TEXT,
    deprecated INTEGER NOT NULL CHECK (deprecated IN (0, 1)),
    deprecated_since INTEGER CHECK (deprecated_since IS NULL OR deprecated = 1),
    sunset INTEGER,
    replaced_by TEXT,
    internal INTEGER NOT NULL CHECK (internal IN (0, 1)),
    company_scoped INTEGER NOT NULL CHECK (company_scoped IN (0, 1)),
    documented_until INTEGER,
    PRIMARY KEY (route, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE catalog_change (
    import INTEGER NOT NULL REFERENCES catalog_import (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    route TEXT NOT NULL,
    method TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (import, position)
) STRICT, WITHOUT ROWID;

-- Counts. `tally` has no foreign keys on purpose: looking up three parents for each row would halve the
-- speed of ingest, and every id in it comes from the same transaction that looked it up or made it.

-- `last_day`: no count of the route is of a later day, so it can go once that day is purged.
CREATE TABLE route (
    id INTEGER PRIMARY KEY,
    documented INTEGER NOT NULL CHECK (documented IN (0, 1)),
    text TEXT NOT NULL,
    last_day INTEGER NOT NULL,
    UNIQUE (documented, text)
) STRICT;

CREATE TABLE method (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- `environment`: 0 production, 1 sandbox.
CREATE TABLE tally (
    app INTEGER NOT NULL,
    environment INTEGER NOT NULL,
    day INTEGER NOT NULL,
    route INTEGER NOT NULL,
    method INTEGER NOT NULL,
    status INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    header_absent INTEGER NOT NULL,
    service_calls INTEGER NOT NULL,
    service_header_absent INTEGER NOT NULL,
    PRIMARY KEY (app, environment, day, route, method, status)
) STRICT, WITHOUT ROWID;

-- The sum of `tally.calls` by day, so that overviews and re-judging everything don't read every tally.
CREATE TABLE app_day (
    app INTEGER NOT NULL REFERENCES app (id),
    environment INTEGER NOT NULL,
    day INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (app, environment, day)
) STRICT, WITHOUT ROWID;

-- How far sources were read. Ids are never used twice: they tell which positions are newer than a look-up.
CREATE TABLE source_position (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    read_offset INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    within_line INTEGER NOT NULL CHECK (within_line IN (0, 1)),
    head_len INTEGER NOT NULL,
    head_digest INTEGER NOT NULL,
    tail_digest INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX source_position_head ON source_position (head_len, head_digest);

CREATE TABLE reject_count (
    reason TEXT NOT NULL PRIMARY KEY,
    lines INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Verdicts, and the days whose verdicts are out of date.

CREATE TABLE dirty_day (
    app INTEGER NOT NULL REFERENCES app (id),
    day INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    PRIMARY KEY (app, day)
) STRICT, WITHOUT ROWID;

-- `mark`: the change that the verdicts take into account.
CREATE TABLE verdict_day (
    app INTEGER NOT NULL REFERENCES app (id),
    day INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    PRIMARY KEY (app, day)
) STRICT, WITHOUT ROWID;

-- `observation`: its place among the seven, from 0. `severity`: 0 healthy, 1 warning, 2 critical.
CREATE TABLE verdict (
    app INTEGER NOT NULL,
    day INTEGER NOT NULL,
    observation INTEGER NOT NULL CHECK (observation BETWEEN 0 AND 6),
    affected INTEGER NOT NULL,
    base INTEGER NOT NULL,
    severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 2),
    PRIMARY KEY (app, day, observation),
    FOREIGN KEY (app, day) REFERENCES verdict_day (app, day) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
