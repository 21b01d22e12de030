SELECT sender, max(at), count(*), sum(accepted) FROM batch_seen GROUP BY sender ORDER BY max(at) DESC, sender
