"""From MQTT to committed rows, then the confirmation."""
