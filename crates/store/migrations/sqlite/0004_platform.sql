-- What lists of apps are made of can be kept in memory as long as nothing changed: `revision` grows with every change of
-- an app, of its registration and of its verdicts; an app carries that of its last change. Whatever was made before
-- `reset` is to be made anew as a whole.
CREATE TABLE list_revision (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    revision INTEGER NOT NULL,
    reset INTEGER NOT NULL
) STRICT;

INSERT INTO list_revision (only, revision, reset) VALUES (1, 1, 0);

ALTER TABLE app ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;

CREATE INDEX app_revision ON app (revision);

CREATE TRIGGER app_was_added
AFTER INSERT ON app
BEGIN
    UPDATE list_revision SET revision = revision + 1;
    UPDATE app SET revision = (SELECT revision FROM list_revision) WHERE id = NEW.id;
END;

CREATE TRIGGER app_was_saved
AFTER UPDATE OF name, distribution, discovered ON app
BEGIN
    UPDATE list_revision SET revision = revision + 1;
    UPDATE app SET revision = (SELECT revision FROM list_revision) WHERE id = NEW.id;
END;

CREATE TRIGGER app_was_removed
AFTER DELETE ON app
BEGIN
    UPDATE list_revision SET revision = revision + 1, reset = revision + 1;
END;

-- The severities of the seven, two bits each, the first in the lowest: what lists need of a day. Those from before are
-- made anew with the next verdicts, which this version makes of all days.
ALTER TABLE verdict_day ADD COLUMN severities INTEGER NOT NULL DEFAULT 0;

CREATE INDEX dirty_day_day ON dirty_day (day);

-- Production calls of operations that are deprecated (`kind` 0) and of private routes (`kind` 1), judged with the
-- verdicts of the day.
CREATE TABLE flagged (
    app INTEGER NOT NULL,
    kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
    route INTEGER NOT NULL,
    method INTEGER NOT NULL,
    day INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (app, kind, route, method, day),
    FOREIGN KEY (app, day) REFERENCES verdict_day (app, day) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX flagged_day ON flagged (app, day);

-- Who wants to be told of an app by mail. `changes`: of which changes of its status, none if null. `told`: the status
-- that they know. `digest_of`: the week, by its Monday, up to which they had the weekly digest.
CREATE TABLE alert (
    app INTEGER NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    changes TEXT CHECK (changes IN ('worse', 'any')),
    weekly INTEGER NOT NULL CHECK (weekly IN (0, 1)),
    told TEXT NOT NULL CHECK (told IN ('none', 'healthy', 'review_recommended', 'needs_attention')),
    digest_of INTEGER NOT NULL,
    PRIMARY KEY (app, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX alert_person ON alert (person);

-- Mails that are decided and not sent yet: of a change from `was` to `now`, or a digest where both are null.
CREATE TABLE alert_due (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app INTEGER NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    was TEXT,
    now TEXT,
    as_of INTEGER NOT NULL,
    CHECK ((was IS NULL) = (now IS NULL))
) STRICT;

CREATE INDEX alert_due_app ON alert_due (app);
CREATE INDEX alert_due_person ON alert_due (person);
