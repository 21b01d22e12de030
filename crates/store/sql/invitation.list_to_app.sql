SELECT
    invitation.id, app.key, invitation.organisation, invitation.role, invitation.email, invitation.digest,
    invitation.invited_by, invitation.created_at, invitation.expires_at, invitation.ended, invitation.ended_at
FROM app
JOIN invitation ON invitation.app = app.id
WHERE app.key = ?1
ORDER BY invitation.id DESC
