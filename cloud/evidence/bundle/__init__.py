"""The evidence file: one alert with all that proves it, for the police or a court. Made here, checked here.

What checks it imports neither a database nor a server: `container`, `members`, `inspect` and `diagnose` run
with the extra `verify` alone.
"""
