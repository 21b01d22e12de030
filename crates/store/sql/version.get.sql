SELECT
    version.id, app.key, version.major, version.minor, version.patch, version.manifest, version.sandbox_key,
    version.created_at, version.created_by, version.production_key, version.release_notes, version.promoted_at,
    version.promoted_by
FROM version
JOIN app ON app.id = version.app
WHERE version.id = ?1
