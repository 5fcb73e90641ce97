"""Speaks ONVIF with cameras: what they are, their clock, streams, snapshot, events, relays, reboot."""
