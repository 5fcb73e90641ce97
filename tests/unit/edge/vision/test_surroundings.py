"""What else moves around a track: its like elsewhere, and its own way up before."""

import numpy as np

from edge.core.vision.frame import Candidates
from edge.core.vision.release import risen
from edge.core.vision.surroundings import peers
from edge.core.vision.tracks import Point, Sights, View, no_passages, passage

VIEW = View(720, 1280, 0.04)


def falling(x, start_s=5.0, speed=500.0, contrast=40.0):
    times = np.arange(10) * 0.04
    return tuple(Point(start_s + t, x, 100 + speed * t, 8.0, contrast, 0.0, 8.0) for t in times)


def rows(*tracks):
    return np.array([passage(track) for track in tracks])


def sights(t_s, x, y):
    place = np.array([[x, y]], np.float32)
    candidates = Candidates(
        np.hstack((place - 4, place + 4)),
        place,
        np.full(1, 64, np.float32),
        np.full(1, 40, np.float32),
    )
    return Sights(t_s, candidates, np.zeros(1, np.float32), np.zeros(1, np.bool_))


def test_many_tracks_alike_elsewhere_are_peers():
    rain = rows(*(falling(60.0 + 8 * k, 1 + 0.3 * k) for k in range(12)))
    assert peers(falling(1100.0), rain, 10.0, VIEW) == 10.0


def test_what_shows_far_less_is_no_peer():
    rain = rows(*(falling(60.0 + 8 * k, 1 + 0.3 * k, contrast=8.0) for k in range(12)))
    assert peers(falling(1100.0), rain, 10.0, VIEW) == 0.0


def test_a_reflection_and_a_second_thing_are_no_peers():
    assert peers(falling(600.0), rows(falling(640.0), falling(1200.0)), 10.0, VIEW) == 0.0
    assert peers(falling(600.0), no_passages(), 0.0, VIEW) == 0.0


def test_a_rise_before_the_fall_is_seen():
    def height(t):
        return 200 + 300 * (t - 2.0) ** 2

    history = tuple(sights(t, 400, height(t)) for t in np.arange(1.0, 1.9, 0.04))
    fall = tuple(Point(t, 400, height(t), 8.0, 40.0, 0.0, 8.0) for t in np.arange(2.1, 3.2, 0.04))
    way_px, seconds = risen(fall, history, VIEW)
    assert way_px > 150
    assert 0.8 < seconds < 1.2
    assert risen(fall, (), VIEW) == (0.0, 0.0)
