DELETE FROM source_loss WHERE ends <= ?1
