"""The learned part and the renderer that teaches and tests it."""
