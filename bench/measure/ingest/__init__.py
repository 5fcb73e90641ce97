"""Side by side on one broker: a subscriber that stores nothing, and ingest that commits and confirms."""
