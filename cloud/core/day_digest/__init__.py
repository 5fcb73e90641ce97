"""What of a finished day may not change any more, as lines whose digests stand in the log."""
