DELETE FROM source_hour WHERE hour < ?1
