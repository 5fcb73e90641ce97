"""What passes before a camera and is no fault of it: shadows, lamps, another light on the same edges."""

import cv2
import numpy as np

from tests.unit.edge.picture_scene import HEIGHT, WIDTH, Camera, Picture, facade, taken, well

MINUTE_S = 60


def shaded(picture: Picture, right: int) -> Picture:
    """With a shadow that ends in a slanted line through (right, middle)."""
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    return np.where(x + 0.7 * (y - HEIGHT / 2) < right, 16 + 0.6 * (picture - 16.0), picture).astype(np.uint8)


def road(lamps: int = 0) -> Picture:
    """Asphalt with some markings, and so many patches of light."""
    luck = np.random.default_rng(4)
    picture = np.full((HEIGHT, WIDTH), 90, np.uint8)
    for x in range(20, WIDTH, 60):
        cv2.line(picture, (x, 300), (x + 30, 330), 200, 3)
    for _ in range(lamps):
        left, top = int(luck.integers(0, WIDTH - 30)), int(luck.integers(0, 240))
        cv2.rectangle(picture, (left, top), (left + 24, top + 18), 170, -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.6), np.uint8)


def test_a_shadow_that_was_there_from_the_start_and_goes_is_no_dirt() -> None:
    plain = np.asarray(cv2.GaussianBlur(facade(), (0, 0), 0.6), np.uint8)
    plain[60:200, 60:560] = 150  # a blind wall
    camera = Camera().sees(taken(shaded(plain, 300)) * 2)
    camera.sees(taken(plain) * 8)
    assert camera.faults == []


def test_a_shadow_that_wanders_through_a_day_is_no_fault_of_the_view() -> None:
    camera = Camera().sees(taken(shaded(facade(), 0)) * 2)
    for right in range(0, WIDTH + 100, 20):
        several = taken(shaded(facade(), right), first=1000 * right)
        camera.sees(several, MINUTE_S)
    assert camera.faults == []


def test_what_lamps_drew_on_a_bare_road_at_dusk_is_not_missed_when_they_go_out() -> None:
    camera = Camera().sees(taken(road()) * 2)
    camera.sees(taken(road(lamps=30)) * 9, MINUTE_S)
    camera.sees(taken(road()) * 6)
    assert camera.faults == []


def test_a_bare_road_with_markings_is_still_missed_when_it_is_covered() -> None:
    camera = Camera().sees(taken(road()) * 2)
    cloth = np.full((HEIGHT, WIDTH), 120, np.uint8)
    camera.sees(taken(cloth) * 3)
    assert ("covered", "raised") in camera.faults


def test_edges_that_are_a_little_softer_in_another_light_are_in_focus() -> None:
    softer = np.asarray(cv2.GaussianBlur(facade(), (0, 0), 0.35), np.uint8)
    assert well().sees(taken(softer) * 5).faults == []
