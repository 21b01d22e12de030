DELETE FROM registration WHERE app = ?1
