CREATE TABLE alert (
    app INTEGER NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    changes TEXT CHECK (changes IN ('worse', 'any')),
    weekly INTEGER NOT NULL CHECK (weekly IN (0, 1)),
    told TEXT NOT NULL CHECK (told IN ('none', 'healthy', 'review_recommended', 'needs_attention')),
    digest_of INTEGER NOT NULL,
    PRIMARY KEY (app, person)
) STRICT, WITHOUT ROWID;

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

CREATE INDEX alert_person ON alert (person);

CREATE TABLE app (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    distribution TEXT CHECK (distribution IN ('custom', 'marketplace')),
    discovered INTEGER NOT NULL CHECK (discovered IN (0, 1))
, revision INTEGER NOT NULL DEFAULT 1) STRICT;

CREATE TABLE app_component (
    app INTEGER NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    component TEXT NOT NULL CHECK (component IN ('data_connection', 'full_screen', 'side_panel')),
    PRIMARY KEY (app, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX app_revision ON app (revision);

CREATE TRIGGER app_was_removed
AFTER DELETE ON app
BEGIN
    UPDATE list_revision SET revision = revision + 1, reset = revision + 1;
END;

CREATE TRIGGER app_was_saved
AFTER UPDATE OF name, distribution, discovered ON app
BEGIN
    UPDATE list_revision SET revision = revision + 1;
    UPDATE app SET revision = (SELECT revision FROM list_revision) WHERE id = NEW.id;
END;

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

CREATE INDEX audit_doer ON audit (doer, id);

CREATE TRIGGER audit_entries_stay
BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

CREATE TRIGGER audit_entries_stay_as_written
BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

CREATE INDEX audit_organisation ON audit (organisation, id) WHERE organisation IS NOT NULL;

CREATE INDEX audit_target ON audit (target, id);

CREATE TABLE batch_reject (
    batch INTEGER NOT NULL REFERENCES batch_seen (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    lines INTEGER NOT NULL,
    PRIMARY KEY (batch, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE batch_seen (
    id INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    key TEXT,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    at INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    UNIQUE (sender, key)
) STRICT;

CREATE INDEX batch_seen_at ON batch_seen (at);

CREATE INDEX batch_seen_digest ON batch_seen (sender, digest);

CREATE TABLE batch_sender (
    sender TEXT PRIMARY KEY,
    batches INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER batch_was_forgotten AFTER DELETE ON batch_seen
BEGIN
    UPDATE batch_sender SET batches = batches - 1, accepted = accepted - OLD.accepted WHERE sender = OLD.sender;
    DELETE FROM batch_sender WHERE sender = OLD.sender AND batches = 0;
END;

CREATE TRIGGER batch_was_seen AFTER INSERT ON batch_seen
BEGIN
    INSERT INTO batch_sender (sender, batches, accepted, last_at) VALUES (NEW.sender, 1, NEW.accepted, NEW.at)
    ON CONFLICT (sender) DO UPDATE SET
        batches = batches + 1, accepted = accepted + excluded.accepted, last_at = max(last_at, excluded.last_at);
END;

CREATE TABLE catalog_change (
    import INTEGER NOT NULL REFERENCES catalog_import (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    route TEXT NOT NULL,
    method TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (import, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE catalog_document (
    position INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE catalog_import (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL
) STRICT;

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

CREATE TABLE catalog_route (
    position INTEGER PRIMARY KEY,
    template TEXT NOT NULL,
    text TEXT NOT NULL UNIQUE,
    documented_until INTEGER
) STRICT;

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

CREATE INDEX claim_app ON claim (app);

CREATE UNIQUE INDEX claim_open ON claim (app, person) WHERE decision IS NULL;

CREATE INDEX claim_person ON claim (person);

CREATE INDEX claim_to_decide ON claim (id) WHERE decision IS NULL;

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

CREATE TABLE collaborator (
    app INTEGER NOT NULL REFERENCES registration (app) ON DELETE CASCADE,
    person BLOB NOT NULL REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN ('developer', 'admin', 'owner')),
    since INTEGER NOT NULL,
    PRIMARY KEY (app, person)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX collaborator_owner ON collaborator (app) WHERE role = 'owner';

CREATE INDEX collaborator_person ON collaborator (person);

CREATE TABLE company_name (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    last_day INTEGER NOT NULL
) STRICT;

CREATE TABLE count_page (
    id INTEGER PRIMARY KEY,
    family INTEGER NOT NULL,
    span INTEGER NOT NULL,
    run INTEGER NOT NULL,
    first BLOB NOT NULL CHECK (length(first) = 17),
    body BLOB NOT NULL,
    UNIQUE (family, span, run, first)
) STRICT;

CREATE TABLE count_run (
    family INTEGER NOT NULL CHECK (family BETWEEN 0 AND 2),
    span INTEGER NOT NULL,
    run INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    target INTEGER,
    PRIMARY KEY (family, span, run)
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (
    app INTEGER NOT NULL REFERENCES registration (app) ON DELETE CASCADE,
    environment INTEGER NOT NULL CHECK (environment IN (0, 1)),
    client_id BLOB NOT NULL UNIQUE CHECK (length(client_id) = 16),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (app, environment)
) STRICT, WITHOUT ROWID;

CREATE TABLE dirty_day (
    app INTEGER NOT NULL REFERENCES app (id),
    day INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    PRIMARY KEY (app, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX dirty_day_day ON dirty_day (day);

CREATE TABLE done_request (
    doer TEXT NOT NULL,
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 300),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    location TEXT NOT NULL CHECK (length(location) <= 2000),
    at INTEGER NOT NULL,
    PRIMARY KEY (doer, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX done_request_at ON done_request (at);

CREATE TABLE draft (
    app INTEGER PRIMARY KEY REFERENCES registration (app) ON DELETE CASCADE,
    manifest TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    updated_at INTEGER NOT NULL
) STRICT;

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

CREATE TABLE identity (
    issuer TEXT NOT NULL CHECK (length(issuer) BETWEEN 1 AND 2000),
    subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 2000),
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX identity_person ON identity (person);

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

CREATE INDEX invitation_email ON invitation (email);

CREATE INDEX invitation_organisation ON invitation (organisation) WHERE organisation IS NOT NULL;

CREATE TABLE link (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password', 'first_operator', 'second_factor')),
    person BLOB REFERENCES person (id) ON DELETE CASCADE,
    failures INTEGER NOT NULL CHECK (failures >= 0),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX link_expires_at ON link (expires_at);

CREATE INDEX link_person ON link (person, purpose);

CREATE TABLE list_revision (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    revision INTEGER NOT NULL,
    reset INTEGER NOT NULL
) STRICT;

CREATE TABLE listened (
    source INTEGER PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
    until INTEGER NOT NULL,
    ended INTEGER NOT NULL CHECK (ended IN (0, 1))
) STRICT;

CREATE TABLE mark_log (
    id INTEGER PRIMARY KEY,
    mark INTEGER NOT NULL,
    span INTEGER NOT NULL,
    days INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE member (
    organisation BLOB NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('member', 'admin')),
    since INTEGER NOT NULL,
    PRIMARY KEY (organisation, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX member_person ON member (person);

CREATE TABLE method (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE organisation (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE password (
    person BLOB NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE TABLE recovery_code (
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (person, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE redirect_uri (
    app INTEGER NOT NULL,
    environment INTEGER NOT NULL,
    position INTEGER NOT NULL,
    uri TEXT NOT NULL CHECK (length(uri) BETWEEN 1 AND 2000),
    PRIMARY KEY (app, environment, position),
    FOREIGN KEY (app, environment) REFERENCES credential (app, environment) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE registration (
    app INTEGER PRIMARY KEY REFERENCES app (id),
    organisation BLOB NOT NULL REFERENCES organisation (id),
    description TEXT NOT NULL CHECK (length(description) <= 500),
    created_at INTEGER NOT NULL,
    created_by BLOB NOT NULL REFERENCES person (id)
) STRICT;

CREATE INDEX registration_organisation ON registration (organisation);

CREATE TABLE reject_count (
    reason TEXT NOT NULL PRIMARY KEY,
    lines INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE route (
    id INTEGER PRIMARY KEY,
    documented INTEGER NOT NULL CHECK (documented IN (0, 1)),
    text TEXT NOT NULL,
    last_day INTEGER NOT NULL,
    UNIQUE (documented, text)
) STRICT;

CREATE TABLE second_factor (
    person BLOB NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    sealed BLOB NOT NULL,
    last_step INTEGER NOT NULL,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE INDEX session_expires_at ON session (expires_at);

CREATE INDEX session_person ON session (person);

CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    way TEXT CHECK (way IN ('files', 'stdin', 'http', 'syslog')),
    first_hour INTEGER,
    last_call INTEGER,
    last_received INTEGER,
    calls INTEGER NOT NULL
) STRICT;

CREATE TABLE source_hour (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    hour INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (source, hour)
) STRICT, WITHOUT ROWID;

CREATE INDEX source_hour_revision ON source_hour (revision);

CREATE TABLE source_loss (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('rotated_away', 'corrupt', 'cut_short', 'dropped', 'nobody_listened')),
    detail TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX source_loss_reason ON source_loss (source, reason, begins);

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
, followed_by TEXT) STRICT;

CREATE INDEX source_position_head ON source_position (head_len, head_digest);

CREATE TABLE source_reject (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    received_hour INTEGER NOT NULL,
    reason TEXT NOT NULL,
    lines INTEGER NOT NULL,
    PRIMARY KEY (source, received_hour, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE source_reject_total (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    lines INTEGER NOT NULL,
    PRIMARY KEY (source, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE source_revision (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    revision INTEGER NOT NULL,
    reset INTEGER NOT NULL
) STRICT;

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

CREATE INDEX token_organisation ON token (organisation) WHERE organisation IS NOT NULL;

CREATE INDEX token_person ON token (person) WHERE person IS NOT NULL;

CREATE TABLE unread_file (
    source TEXT NOT NULL,
    path TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (source, path)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE verdict_day (
    app INTEGER NOT NULL REFERENCES app (id),
    day INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    mark INTEGER NOT NULL, severities INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (app, day)
) STRICT, WITHOUT ROWID;

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

CREATE TRIGGER version_stays_as_saved
BEFORE UPDATE ON version
WHEN OLD.production_key IS NOT NULL
    OR (OLD.id, OLD.app, OLD.major, OLD.minor, OLD.patch) IS NOT (NEW.id, NEW.app, NEW.major, NEW.minor, NEW.patch)
    OR (OLD.manifest, OLD.sandbox_key) IS NOT (NEW.manifest, NEW.sandbox_key)
    OR (OLD.created_at, OLD.created_by) IS NOT (NEW.created_at, NEW.created_by)
BEGIN
    SELECT RAISE(ABORT, 'a version stays as it was saved');
END;
