SELECT id, begins, ends, detail, at, reason FROM source_loss WHERE id = ?1
