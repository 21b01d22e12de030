SELECT revision, reset FROM source_revision
