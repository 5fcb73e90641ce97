"""The evidence file: one alert with all that proves it, for the police or a court. Made here, checked here.

What checks it, `checks` and all that this imports, needs neither a database nor a server: it runs with the
extra `verify` alone.
"""
