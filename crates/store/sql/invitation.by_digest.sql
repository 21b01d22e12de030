SELECT
    invitation.id, app.key, invitation.organisation, invitation.role, invitation.email, invitation.digest,
    invitation.invited_by, invitation.created_at, invitation.expires_at, invitation.ended, invitation.ended_at
FROM invitation
LEFT JOIN app ON app.id = invitation.app
WHERE invitation.digest = ?1
