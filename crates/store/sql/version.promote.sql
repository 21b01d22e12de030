UPDATE version
SET production_key = ?2, release_notes = ?3, promoted_at = ?4, promoted_by = ?5
WHERE id = ?1 AND production_key IS NULL
