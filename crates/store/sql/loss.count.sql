SELECT count(*) FROM source_loss WHERE source = ?1
