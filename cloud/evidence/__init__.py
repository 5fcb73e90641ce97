"""Clips received, kept and checked."""
