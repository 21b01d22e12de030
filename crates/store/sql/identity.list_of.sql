SELECT issuer, subject, person FROM identity WHERE person = ?1 ORDER BY issuer, subject
