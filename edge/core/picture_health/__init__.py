"""Tells from one picture a second whether a camera still sees what it was put up to see."""
