"""Each fault of a picture is told by its name, once, with figures; what is no fault is not."""

from collections.abc import Callable
from datetime import timedelta

import cv2
import numpy as np
import pytest

from edge.core.picture_health import watch
from edge.core.picture_health.faults import FAULTS, with_thresholds
from edge.core.picture_health.flow import Rate
from tests.unit.edge.picture_scene import (
    AT,
    GREY,
    HEIGHT,
    WIDTH,
    Camera,
    Picture,
    colours,
    facade,
    live,
    noise,
    taken,
    well,
)

SECONDS = 32


def turned(picture: Picture, degrees: float, zoom: float = 1.0, x: float = 0, y: float = 0) -> Picture:
    warp = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, zoom)
    warp[:, 2] += (x, y)
    return np.asarray(cv2.warpAffine(picture, warp, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT), np.uint8)


def cloth(picture: Picture) -> Picture:
    folds = 90 + 25 * np.sin(np.linspace(0, 9, WIDTH))[None, :] + np.linspace(0, 20, HEIGHT)[:, None]
    return (0.04 * picture + 0.96 * folds).astype(np.uint8)


def veil(picture: Picture) -> Picture:
    soft = cv2.GaussianBlur(picture, (0, 0), 9)
    mask = np.zeros(picture.shape, np.float32)
    cv2.ellipse(mask, (220, 190), (170, 120), 20, 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 4)
    return (picture * (1 - mask) + (0.7 * soft + 40) * mask).astype(np.uint8)


def bars(picture: Picture) -> Picture:
    return np.clip(picture + 22 * np.sin(np.arange(HEIGHT) * 0.5)[:, None], 0, 255).astype(np.uint8)


def lines(picture: Picture) -> Picture:
    luck = np.random.default_rng(5)
    return np.clip(picture + 70.0 * (luck.random(WIDTH) < 0.06)[None, :], 0, 255).astype(np.uint8)


def peppered(picture: Picture) -> Picture:
    luck = np.random.default_rng(9)
    hit = luck.random(picture.shape)
    return np.where(hit < 0.02, 0, np.where(hit > 0.98, 255, picture)).astype(np.uint8)


CASES: list[tuple[str, Callable[[Picture], Picture]]] = [
    ("covered", cloth),
    ("covered", lambda picture: np.full_like(picture, 205)),
    ("dark", lambda picture: (16 + 0.12 * (picture - 16.0)).astype(np.uint8)),
    ("over_exposed", lambda picture: np.clip(picture * 2.6 + 20, 0, 255).astype(np.uint8)),
    ("defocused", lambda picture: np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.2), np.uint8)),
    ("moved", lambda picture: turned(picture, 0, x=0.03 * WIDTH)),
    ("moved", lambda picture: turned(picture, 7)),
    ("moved", lambda picture: turned(picture, 0, zoom=1.25)),
    ("noisy", lambda picture: noise(picture, 14, seed=77)),
    ("noisy", peppered),
    ("striped", bars),
    ("striped", lines),
    ("soiled", veil),
]


@pytest.mark.parametrize(("fault", "harm"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_a_harmed_picture_is_told_by_its_own_name_only(
    fault: str, harm: Callable[[Picture], Picture]
) -> None:
    camera = well().sees(taken(harm(facade())) * 4)
    assert camera.faults == [(fault, "raised")]
    (report,) = camera.told
    assert AT < report.since < camera.at
    assert report.value is not None
    assert FAULTS[fault].limit.breached(report.value, before=False)


def test_a_mended_picture_is_told_as_cleared() -> None:
    camera = well().sees(taken(cloth(facade())) * 2).sees(taken(facade()) * 4)
    assert camera.faults == [("covered", "raised"), ("covered", "cleared")]


@pytest.mark.parametrize(("cb", "cr", "fault"), [(26, -14, "colour_cast"), (-16, -12, "colour_cast")])
def test_a_cast_over_all_colours_is_told(cb: float, cr: float, fault: str) -> None:
    camera = well().shows(live(facade(), SECONDS, first=50), colours(4 + cb, -5 + cr))
    assert camera.faults == [(fault, "raised")]


def test_a_pale_pink_day_is_a_stuck_infrared_filter() -> None:
    pink = (128 + 0.6 * (colours().astype(np.float32) - 128) + np.array([14, 24])[:, None, None]).astype(
        np.uint8
    )
    camera = well().shows(live(facade(), SECONDS, first=50), pink)
    assert camera.faults == [("ir_cut_stuck", "raised")]


def test_colour_in_the_dark_is_a_stuck_infrared_filter_once_the_camera_has_shown_its_infrared() -> None:
    camera = Camera().shows(live(facade(2), 20), GREY)
    dim = (16 + 0.1 * (facade(2) - 16.0)).astype(np.uint8)
    camera.shows(live(dim, SECONDS, first=50), colours(1, 1))
    assert ("ir_cut_stuck", "raised") in camera.faults


def test_a_frozen_picture_is_told_within_half_a_minute_though_its_clock_runs() -> None:
    camera = well()
    frozen = noise(facade(), seed=500)

    def with_clock(second: int) -> Picture:
        shown = frozen.copy()
        cv2.putText(shown, f"12:00:{second:02d}", (20, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 1)
        return shown

    camera.shows(with_clock(second) for second in range(30))
    assert camera.faults == [("frozen", "raised")]
    camera.shows(live(facade(), 40, first=600))
    assert camera.faults == [("frozen", "raised"), ("frozen", "cleared")]


def test_a_still_night_scene_is_not_frozen_while_its_noise_lives() -> None:
    dim = (16 + 0.3 * (facade() - 16.0)).astype(np.uint8)
    assert Camera().shows(live(dim, 30), GREY).faults == []


def test_a_stall_is_told_and_a_lost_connection_is_not() -> None:
    camera = well()
    state, told = watch.silent(camera.watch, FAULTS, 3.0, camera.at)
    assert told == ()
    state, told = watch.silent(state, FAULTS, 4.5, camera.at + timedelta(seconds=4))
    assert [(report.fault, report.state) for report in told] == [("stalled", "raised")]


def test_a_fall_of_the_rate_is_told_as_a_share_of_the_usual() -> None:
    camera = Camera().shows(live(facade(), 30), rate=Rate(25.0, 24.0))
    camera.shows(live(facade(), SECONDS, first=50), rate=Rate(25.0, 5.0))
    assert camera.faults == [("low_frame_rate", "raised")]
    assert camera.told[0].value == pytest.approx(5 / 24, abs=0.02)


def test_fog_dusk_and_the_turn_to_infrared_are_no_faults() -> None:
    camera = well()
    clear = facade().astype(np.float32)
    for step in range(40):
        camera.shows(live(0.75 * clear + 0.25 * (clear + (150 - clear) * step / 40), 1, first=100 + step))
    for step in range(40):
        camera.shows(live(16 + (clear - 16) * (1 - 0.5 * step / 40), 1, first=200 + step))
    away = np.hypot(*np.meshgrid(np.linspace(-1, 1, WIDTH), np.linspace(-0.2, 1.4, HEIGHT)))
    night = 16 + (clear - 16) * 0.9 * np.clip(1.2 - away, 0.05, 1) * (clear < 180)
    camera.shows(live(night, 25, first=300), GREY)
    camera.shows(live(clear, 25, first=400))
    assert camera.faults == []


def test_another_threshold_keeps_its_deadband() -> None:
    limit = with_thresholds({"defocused": 3.0, "cabinet_hot": 60})["defocused"].limit
    assert (limit.raise_at, limit.clear_at) == (3.0, 2.0)
