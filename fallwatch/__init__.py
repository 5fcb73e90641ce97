"""The one way in: the `fallwatch` command and the laptop stack behind `make demo`."""
