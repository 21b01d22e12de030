INSERT INTO version (
    id, app, major, minor, patch, manifest, sandbox_key, created_at, created_by, production_key, release_notes,
    promoted_at, promoted_by
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
