DELETE FROM source_loss WHERE id = ?1
