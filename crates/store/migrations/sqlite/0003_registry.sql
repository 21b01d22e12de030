-- People, organisations, registered apps and what belongs to them, and the audit log.
--
-- Ids that Steadfast gives are the 16 bytes of a UUID, digests the 32 bytes of a SHA-256, instants milliseconds
-- since 1970-01-01 (UTC). Whoever did something is written `person:ID`, `token:ID`, `system` or `nobody`.
-- `environment`: 0 production, 1 sandbox.

CREATE TABLE person (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email TEXT NOT NULL UNIQUE CHECK (length(email) BETWEEN 3 AND 254),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    platform_role TEXT CHECK (platform_role IN ('auditor', 'reviewer', 'operator')),
    verified_at INTEGER,
    disabled_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX person_platform_role ON person (platform_role) WHERE platform_role IS NOT NULL;

-- How people prove who they are: apart from `person`, so that no statement reads it by chance.

CREATE TABLE password (
    person BLOB NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE second_factor (
    person BLOB NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    sealed BLOB NOT NULL,
    last_step INTEGER NOT NULL,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_code (
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (person, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE identity (
    issuer TEXT NOT NULL CHECK (length(issuer) BETWEEN 1 AND 2000),
    subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 2000),
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX identity_person ON identity (person);

CREATE TABLE session (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    user_agent TEXT NOT NULL CHECK (length(user_agent) <= 200),
    address TEXT NOT NULL CHECK (length(address) <= 200),
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    proven_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires_at ON session (expires_at);

CREATE TABLE link (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password', 'first_operator', 'second_factor')),
    person BLOB REFERENCES person (id) ON DELETE CASCADE,
    failures INTEGER NOT NULL CHECK (failures >= 0),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX link_person ON link (person, purpose);
CREATE INDEX link_expires_at ON link (expires_at);

CREATE TABLE organisation (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
    organisation BLOB NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('member', 'admin')),
    since INTEGER NOT NULL,
    PRIMARY KEY (organisation, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX member_person ON member (person);

-- Apps that somebody registered. What belongs to an app goes with its registration.

CREATE TABLE registration (
    app INTEGER PRIMARY KEY REFERENCES app (id),
    organisation BLOB NOT NULL REFERENCES organisation (id),
    description TEXT NOT NULL CHECK (length(description) <= 500),
    created_at INTEGER NOT NULL,
    created_by BLOB NOT NULL REFERENCES person (id)
) STRICT;

CREATE INDEX registration_organisation ON registration (organisation);

CREATE TABLE collaborator (
    app INTEGER NOT NULL REFERENCES registration (app) ON DELETE CASCADE,
    person BLOB NOT NULL REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN ('developer', 'admin', 'owner')),
    since INTEGER NOT NULL,
    PRIMARY KEY (app, person)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX collaborator_owner ON collaborator (app) WHERE role = 'owner';
CREATE INDEX collaborator_person ON collaborator (person);

-- To work on an app or to join an organisation.
CREATE TABLE invitation (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    app INTEGER REFERENCES registration (app) ON DELETE CASCADE,
    organisation BLOB REFERENCES organisation (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    email TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    invited_by BLOB NOT NULL REFERENCES person (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended TEXT CHECK (ended IN ('accepted', 'declined', 'withdrawn')),
    ended_at INTEGER,
    CHECK ((app IS NULL) <> (organisation IS NULL)),
    CHECK (role IN ('developer', 'admin') OR app IS NULL),
    CHECK (role IN ('member', 'admin') OR organisation IS NULL),
    CHECK ((ended IS NULL) = (ended_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX invitation_app ON invitation (app) WHERE app IS NOT NULL;
CREATE INDEX invitation_organisation ON invitation (organisation) WHERE organisation IS NOT NULL;
CREATE INDEX invitation_email ON invitation (email);

-- `scopes`: their keys with a space between.
CREATE TABLE token (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person BLOB REFERENCES person (id) ON DELETE CASCADE,
    organisation BLOB REFERENCES organisation (id) ON DELETE CASCADE,
    created_by BLOB NOT NULL REFERENCES person (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    hint TEXT NOT NULL CHECK (length(hint) <= 100),
    scopes TEXT NOT NULL CHECK (length(scopes) <= 1000),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER,
    CHECK ((person IS NULL) <> (organisation IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX token_person ON token (person) WHERE person IS NOT NULL;
CREATE INDEX token_organisation ON token (organisation) WHERE organisation IS NOT NULL;

-- Of discovered apps, which have no registration yet.
CREATE TABLE claim (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    app INTEGER NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    organisation BLOB NOT NULL REFERENCES organisation (id),
    person BLOB NOT NULL REFERENCES person (id),
    evidence TEXT NOT NULL CHECK (length(evidence) <= 1000),
    created_at INTEGER NOT NULL,
    decision TEXT CHECK (decision IN ('confirmed', 'refused')),
    decided_at INTEGER,
    decided_by BLOB REFERENCES person (id),
    CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX claim_open ON claim (app, person) WHERE decision IS NULL;
CREATE INDEX claim_to_decide ON claim (id) WHERE decision IS NULL;
CREATE INDEX claim_app ON claim (app);
CREATE INDEX claim_person ON claim (person);

CREATE TABLE draft (
    app INTEGER PRIMARY KEY REFERENCES registration (app) ON DELETE CASCADE,
    manifest TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE version (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    app INTEGER NOT NULL REFERENCES registration (app) ON DELETE CASCADE,
    major INTEGER NOT NULL CHECK (major >= 0),
    minor INTEGER NOT NULL CHECK (minor >= 0),
    patch INTEGER NOT NULL CHECK (patch >= 0),
    manifest TEXT NOT NULL,
    sandbox_key BLOB NOT NULL UNIQUE CHECK (length(sandbox_key) = 16),
    created_at INTEGER NOT NULL,
    created_by BLOB NOT NULL REFERENCES person (id),
    production_key BLOB UNIQUE CHECK (length(production_key) = 16),
    release_notes TEXT,
    promoted_at INTEGER,
    promoted_by BLOB REFERENCES person (id),
    UNIQUE (app, major, minor, patch),
    CHECK (
        (production_key IS NULL) = (release_notes IS NULL) AND (production_key IS NULL) = (promoted_at IS NULL)
        AND (production_key IS NULL) = (promoted_by IS NULL)
    )
) STRICT;

-- Promotion alone, and that once.
CREATE TRIGGER version_stays_as_saved
BEFORE UPDATE ON version
WHEN OLD.production_key IS NOT NULL
    OR (OLD.id, OLD.app, OLD.major, OLD.minor, OLD.patch) IS NOT (NEW.id, NEW.app, NEW.major, NEW.minor, NEW.patch)
    OR (OLD.manifest, OLD.sandbox_key) IS NOT (NEW.manifest, NEW.sandbox_key)
    OR (OLD.created_at, OLD.created_by) IS NOT (NEW.created_at, NEW.created_by)
BEGIN
    SELECT RAISE(ABORT, 'a version stays as it was saved');
END;

CREATE TABLE credential (
    app INTEGER NOT NULL REFERENCES registration (app) ON DELETE CASCADE,
    environment INTEGER NOT NULL CHECK (environment IN (0, 1)),
    client_id BLOB NOT NULL UNIQUE CHECK (length(client_id) = 16),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (app, environment)
) STRICT, WITHOUT ROWID;

CREATE TABLE redirect_uri (
    app INTEGER NOT NULL,
    environment INTEGER NOT NULL,
    position INTEGER NOT NULL,
    uri TEXT NOT NULL CHECK (length(uri) BETWEEN 1 AND 2000),
    PRIMARY KEY (app, environment, position),
    FOREIGN KEY (app, environment) REFERENCES credential (app, environment) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE client_secret (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    app INTEGER NOT NULL,
    environment INTEGER NOT NULL,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    hint TEXT NOT NULL CHECK (length(hint) <= 100),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    FOREIGN KEY (app, environment) REFERENCES credential (app, environment) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX client_secret_credential ON client_secret (app, environment);
CREATE INDEX client_secret_expires_at ON client_secret (expires_at) WHERE expires_at IS NOT NULL;

-- Requests that were carried out, by who sent them and their idempotency key.
CREATE TABLE done_request (
    doer TEXT NOT NULL,
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 300),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    location TEXT NOT NULL CHECK (length(location) <= 2000),
    at INTEGER NOT NULL,
    PRIMARY KEY (doer, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX done_request_at ON done_request (at);

-- The audit log. It refers to nothing: it stays when all else is gone.
CREATE TABLE audit (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at INTEGER NOT NULL,
    doer TEXT NOT NULL CHECK (length(doer) BETWEEN 1 AND 50),
    action TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 100),
    target TEXT NOT NULL CHECK (length(target) <= 1000),
    organisation BLOB CHECK (length(organisation) = 16),
    before TEXT,
    after TEXT
) STRICT;

CREATE INDEX audit_target ON audit (target, id);
CREATE INDEX audit_organisation ON audit (organisation, id) WHERE organisation IS NOT NULL;
CREATE INDEX audit_doer ON audit (doer, id);

CREATE TRIGGER audit_entries_stay_as_written
BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

CREATE TRIGGER audit_entries_stay
BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;
