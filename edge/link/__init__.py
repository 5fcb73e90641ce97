"""The way to the cloud: MQTT for words, HTTPS for video."""
