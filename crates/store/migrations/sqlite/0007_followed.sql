-- The source for which a file is followed, as long as more is expected to be written to it.
ALTER TABLE source_position ADD COLUMN followed_by TEXT;
