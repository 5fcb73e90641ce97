"""What edge and cloud say to each other: messages, topics, identities. Pure: no input, no output."""
