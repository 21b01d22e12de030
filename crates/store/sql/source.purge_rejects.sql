DELETE FROM source_reject WHERE received_hour < ?1
