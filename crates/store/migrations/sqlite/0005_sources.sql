-- What sends traffic. `way` by which its last calls came in; `first_hour` of its earliest call (a UTC hour, hours since
-- 1970), `last_call` the time of its latest, `last_received` when lines of it were last counted or rejected; `calls`: all
-- that were ever counted.
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    way TEXT CHECK (way IN ('files', 'stdin', 'http', 'syslog')),
    first_hour INTEGER,
    last_call INTEGER,
    last_received INTEGER,
    calls INTEGER NOT NULL
) STRICT;

-- Calls by the UTC hour of their own time. `revision` of the last change.
CREATE TABLE source_hour (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    hour INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (source, hour)
) STRICT, WITHOUT ROWID;

CREATE INDEX source_hour_revision ON source_hour (revision);

-- Rejected lines by the UTC hour of their receipt (they may have no time of their own).
CREATE TABLE source_reject (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    received_hour INTEGER NOT NULL,
    reason TEXT NOT NULL,
    lines INTEGER NOT NULL,
    PRIMARY KEY (source, received_hour, reason)
) STRICT, WITHOUT ROWID;

-- The same since the beginning.
CREATE TABLE source_reject_total (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    lines INTEGER NOT NULL,
    PRIMARY KEY (source, reason)
) STRICT, WITHOUT ROWID;

-- Calls that a reader knows to be lost, of a span of time (`begins` to before `ends`).
CREATE TABLE source_loss (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('rotated_away', 'corrupt', 'cut_short', 'dropped')),
    detail TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (source, begins, ends, reason, detail)
) STRICT;

-- What is made of hours and losses can be kept in memory as long as nothing changed: `revision` grows with every change;
-- whatever was made before `reset` is to be made anew as a whole.
CREATE TABLE source_revision (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    revision INTEGER NOT NULL,
    reset INTEGER NOT NULL
) STRICT;

INSERT INTO source_revision (only, revision, reset) VALUES (1, 1, 0);
