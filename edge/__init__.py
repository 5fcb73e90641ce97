"""The agent on the box at the estate: cameras and sensors in, events and evidence out."""
