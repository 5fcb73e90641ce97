"""What was said of a picture, for the same picture in another size."""

from typing import Final

SAME_SHAPE: Final = 0.01
"""Largest difference of the sides' ratios: streams round to multiples of 16."""


def scale_of(size: tuple[int, int], drawn_in: tuple[int, int]) -> float | None:
    """How much larger a picture, (width, height), is than the one drawn in; None: it has another shape."""
    wide, high = (own / drawn for own, drawn in zip(size, drawn_in, strict=True))
    return None if abs(wide / high - 1) > SAME_SHAPE else wide


def scaled(at: tuple[float, float], scale: float) -> tuple[float, float]:
    """A place in the picture of another size, px; pixels have their centres at whole numbers."""
    x, y = ((value + 0.5) * scale - 0.5 for value in at)
    return x, y
