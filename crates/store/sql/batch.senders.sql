SELECT sender, last_at, batches, accepted FROM batch_sender ORDER BY last_at DESC, sender
