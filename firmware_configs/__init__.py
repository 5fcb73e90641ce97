"""Device profiles as files."""
