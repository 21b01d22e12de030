UPDATE link SET failures = failures + 1 WHERE digest = ?1
