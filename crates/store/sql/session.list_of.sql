SELECT id, person, digest, user_agent, address, created_at, last_used_at, proven_at, expires_at
FROM session
WHERE person = ?1
ORDER BY last_used_at DESC, id DESC
