-- What syslog loses while nobody listens is told; losses are never forgotten before their days are; who sent batches is known
-- without counting all of them.

-- Until when messages of a source were listened for, and committed. `ended`: whether listening ended then; else it went on,
-- and may have gone on for long.
CREATE TABLE listened (
    source INTEGER PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
    until INTEGER NOT NULL,
    ended INTEGER NOT NULL CHECK (ended IN (0, 1))
) STRICT;

-- Calls that are known to be lost, of a span of time (`begins` to before `ends`). Spans of one source and reason that overlap
-- or touch are one from now on.
ALTER TABLE source_loss RENAME TO loss_before;

CREATE TABLE source_loss (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('rotated_away', 'corrupt', 'cut_short', 'dropped', 'nobody_listened')),
    detail TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

INSERT INTO source_loss (id, source, begins, ends, reason, detail, at)
SELECT id, source, begins, ends, reason, detail, at FROM loss_before;

DROP TABLE loss_before;

CREATE INDEX source_loss_reason ON source_loss (source, reason, begins);

-- The batches of `batch_seen` by who sent them: how many, with how many calls, and when the last was counted.
CREATE TABLE batch_sender (
    sender TEXT PRIMARY KEY,
    batches INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO batch_sender (sender, batches, accepted, last_at)
SELECT sender, count(*), sum(accepted), max(at) FROM batch_seen GROUP BY sender;

CREATE TRIGGER batch_was_seen AFTER INSERT ON batch_seen
BEGIN
    INSERT INTO batch_sender (sender, batches, accepted, last_at) VALUES (NEW.sender, 1, NEW.accepted, NEW.at)
    ON CONFLICT (sender) DO UPDATE SET
        batches = batches + 1, accepted = accepted + excluded.accepted, last_at = max(last_at, excluded.last_at);
END;

CREATE TRIGGER batch_was_forgotten AFTER DELETE ON batch_seen
BEGIN
    UPDATE batch_sender SET batches = batches - 1, accepted = accepted - OLD.accepted WHERE sender = OLD.sender;
    DELETE FROM batch_sender WHERE sender = OLD.sender AND batches = 0;
END;
