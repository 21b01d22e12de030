DELETE FROM flagged WHERE app = ?1 AND day = ?2
