SELECT count(*) FROM method
