"""The picture that proves a fault: small, and without what homes show."""

import cv2
import numpy as np

from edge.camera.picture import MAX_JPEG_BYTES, jpeg
from edge.camera.sight import homes_of
from edge.config.sight import SightSettings
from edge.core.picture_health.look import look
from edge.core.vision.masks import drawn
from tests.unit.edge.picture_scene import facade

LEFT = (np.array([[-1.0, -1.0], [158.0, -1.0], [158.0, 400.0], [-1.0, 400.0]]),)
"""Half of the small picture."""


def detail(content: bytes) -> "np.ndarray":
    """How much pixels beside each other differ, by column."""
    shown = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    return np.asarray(np.abs(np.diff(shown.astype(np.float64), axis=1)).mean(axis=0))


def test_where_the_stream_has_another_shape_than_the_homes_were_drawn_in_there_is_no_picture() -> None:
    square = ((0.0, 0.0), (480.0, 0.0), (480.0, 480.0))
    homes = homes_of(SightSettings(picture=(480, 480), homes=(square,)))
    assert jpeg(look(facade()), homes) == b""


def test_homes_are_blurred_in_the_picture_of_a_fault_and_the_rest_is_sharp() -> None:
    seen = look(facade())
    plain, blurred = jpeg(seen), jpeg(seen, lambda size: drawn(LEFT, size))
    assert 0 < len(blurred) <= MAX_JPEG_BYTES
    kept = detail(blurred)[:150].mean() / detail(plain)[:150].mean()
    assert kept < 0.5
    assert np.allclose(detail(blurred)[170:], detail(plain)[170:], atol=1.5)
