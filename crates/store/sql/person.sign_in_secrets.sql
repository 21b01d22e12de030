SELECT
    password.hash, second_factor.sealed, second_factor.last_step, second_factor.since,
    (SELECT count(*) FROM recovery_code WHERE recovery_code.person = person.id)
FROM person
LEFT JOIN password ON password.person = person.id
LEFT JOIN second_factor ON second_factor.person = person.id
WHERE person.id = ?1
