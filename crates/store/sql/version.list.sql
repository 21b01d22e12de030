SELECT
    version.id, app.key, version.major, version.minor, version.patch, version.manifest, version.sandbox_key,
    version.created_at, version.created_by, version.production_key, version.release_notes, version.promoted_at,
    version.promoted_by
FROM app
JOIN version ON version.app = app.id
WHERE app.key = ?1
ORDER BY version.major DESC, version.minor DESC, version.patch DESC
