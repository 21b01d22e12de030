-- Tokens with which sources send calls, and can do nothing else. `apps`: the ids of those whose calls it may send, one a
-- line; `environments`: words with spaces between; all where it is empty. `created_by` is null for one that was made at the
-- command line.
CREATE TABLE source_token (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    source TEXT NOT NULL CHECK (length(source) BETWEEN 1 AND 64),
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    hint TEXT NOT NULL,
    apps TEXT NOT NULL,
    environments TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB REFERENCES person (id),
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE INDEX source_token_source ON source_token (source);
