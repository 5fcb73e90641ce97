"""Which square metre of which facade can be watched by which camera: docs/design/coverage.md."""
