"""What a deployment decides: one YAML file, read by `settings.load`."""
