"""One synchronous process per camera: read, detect, keep evidence, append to the outbox."""
