"""What coverage is measured against: closed forms, and rays traced from the definition."""
