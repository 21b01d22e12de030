UPDATE source_revision SET revision = revision + 1, reset = revision + 1
