"""Sources of readings beside the cameras."""
