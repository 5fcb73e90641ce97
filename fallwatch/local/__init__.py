"""Real parts on this machine: PostgreSQL, broker, certificates, RTSP cameras."""
