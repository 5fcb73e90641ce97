"""The ring of encoded packets, the clip cut from it, and the seal that makes it evidence."""
