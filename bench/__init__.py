"""Measurements of the checkout; no part of the wheel."""
