"""What the cloud decides. Pure: time and data come as arguments; nothing is read, written or logged."""
