SELECT app.key, draft.manifest, draft.revision, draft.updated_at
FROM app
JOIN draft ON draft.app = app.id
WHERE app.key = ?1
