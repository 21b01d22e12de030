SELECT revision FROM list_revision
