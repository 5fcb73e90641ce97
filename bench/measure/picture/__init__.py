"""What is shared by the benchmark of a picture's health: scenes, harms, days, streams."""
