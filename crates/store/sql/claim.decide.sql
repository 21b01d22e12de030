UPDATE claim SET decision = ?2, decided_at = ?3, decided_by = ?4 WHERE id = ?1 AND decision IS NULL
