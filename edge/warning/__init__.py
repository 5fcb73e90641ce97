"""Switches sirens, lamps and loudspeakers while something seems to fall."""
