"""Whether each harm is told by its name, and how soon: a camera that was well, then is harmed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import cv2
import numpy as np

from bench.measure.picture.harms import HARMS, IN_COLOUR, Luck
from bench.measure.picture.scenes import Picture, Scene
from bench.measure.picture.streams import coded, coding
from edge.core.picture_health import flow, watch
from edge.core.picture_health.faults import FAULTS
from edge.core.picture_health.flow import Flow, Rate
from edge.core.picture_health.look import Look
from edge.core.picture_health.watch import Report, Watch
from edge.core.vision.frame import Frame

AT: Final = datetime(2026, 3, 1, tzinfo=UTC)
WELL_S: Final = 16
HARMED_S: Final = 50
SHOWN: Final = 10
"""Different harmed pictures: more than a frozen picture is looked for."""
FPS: Final = 6
GOLDEN: Final = 0.618034


@dataclass(frozen=True, slots=True)
class Case:
    """One harm done to one scene. after_s: until it was told; None: it was not. also: what else was told."""

    kind: str
    scene: str
    way: str
    after_s: float | None
    also: tuple[str, ...] = ()


@dataclass(slots=True)
class Camera:
    """A watch that is fed, and what it told."""

    state: Watch
    at: datetime
    told: list[Report]

    def sees(self, looks: Iterable[Look], rate: Rate | None = None) -> None:
        """A look a second."""
        for look in looks:
            self.at += timedelta(seconds=1)
            self.state, told = watch.looked(self.state, FAULTS, look, rate, self.at)
            self.told += told

    def case(self, kind: str, scene: str, way: str, since: datetime) -> Case:
        """What became of a harm that began then; only told within HARMED_S counts."""
        raised = [report.fault for report in self.told if report.state == "raised"]
        after_s = (self.at - since).total_seconds() if kind in raised else None
        return Case(kind, scene, way, after_s, tuple(sorted(set(raised) - {kind})))


def well(scene: Scene) -> Camera:
    """A camera that has shown the scene for a while. Raises ValueError if it tells a fault of it."""
    state, _ = watch.start(FAULTS, AT)
    camera = Camera(state, AT, [])
    looks = [picture.look() for picture in scene.pictures]
    last = len(looks) - 1
    order = [n % (2 * last) for n in range(WELL_S)]
    camera.sees(looks[n if n <= last else 2 * last - n] for n in order)
    if camera.told or not camera.state.usual:
        raise ValueError(f"{scene.name} is not well: {[report.fault for report in camera.told]}")
    return camera


def harmed(scene: Scene, camera: Camera, kind: str, luck: Luck) -> Case | None:
    """One harm of the kind on a camera that is well; None where the scene does not suit it."""
    if kind in IN_COLOUR and scene.grey:
        return None
    if kind == "frozen":
        return _frozen(scene, camera, luck)
    if kind == "low_frame_rate":
        return _jerky(scene, luck)
    ways = HARMS[kind]
    way = ways[int(luck.integers(len(ways)))]
    harm = way(luck)
    pictures: Iterable[Picture] = [harm(picture, n) for n, picture in enumerate(scene.played(SHOWN, 3))]
    name = way.__name__
    if luck.random() < 0.5:
        pictures, name = coded(pictures, 5, replace(coding(luck), b_frames=0)), f"{name}, coded"
    looks = [picture.look() for picture in pictures]
    own = Camera(camera.state, camera.at, [])
    since = own.at
    for number in range(HARMED_S):
        own.sees([looks[number % len(looks)]])
        if _told(own, kind):
            break
    return own.case(kind, scene.name, name, since)


def _told(camera: Camera, kind: str) -> bool:
    return any(report.fault == kind for report in camera.told)


def _frozen(scene: Scene, camera: Camera, luck: Luck) -> Case:
    """One picture for 40 s: as it is, re-encoded, with a clock that runs."""
    way = int(luck.integers(3))
    still, seconds = scene.pictures[4], 40
    own, since = Camera(camera.state, camera.at, []), camera.at
    if way == 0:
        for _ in range(seconds):
            own.sees([still.look()])
            if _told(own, "frozen"):
                break
        return own.case("frozen", scene.name, "as it is", since)
    clock = way == 2
    film = (_clocked(still, n // FPS) if clock else still for n in range(seconds * FPS))
    beat = _beat(seconds)
    for second, picture in _picked(coded(film, FPS, coding(luck)), beat):
        own.at = since + timedelta(seconds=second)
        own.sees([picture.look()])
        if _told(own, "frozen"):
            break
    return own.case("frozen", scene.name, "re-encoded, clock" if clock else "re-encoded", since)


def _beat(seconds: int) -> list[float]:
    """Times of looks as the product takes them: about a second apart, never in step with a codec."""
    times, number = [0.0], 0
    while times[-1] < seconds - 2:
        number += 1
        times.append(times[-1] + 1 + 0.3 * (number * GOLDEN % 1 - 0.5))
    return times


def _picked(pictures: Iterable[Picture], times: list[float]) -> Iterator[tuple[float, Picture]]:
    due = iter(times)
    wanted = next(due)
    for number, picture in enumerate(pictures):
        if number / FPS >= wanted:
            yield number / FPS, picture
            wanted = next(due, float("inf"))


def _clocked(picture: Picture, second: int) -> Picture:
    shown = picture.y.copy()
    scale = shown.shape[0] / 720
    text = f"2026-03-01 12:{second // 60:02d}:{second % 60:02d}"
    at = (int(20 * scale), int(44 * scale))
    cv2.putText(shown, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, max(int(2 * scale), 1))
    return Picture(shown, picture.u, picture.v)


def _jerky(scene: Scene, luck: Luck) -> Case:
    """A scene in which something moves, at 25 pictures a second, then at a third or less of them."""
    state, _ = watch.start(FAULTS, AT)
    camera = Camera(state, AT, [])
    still = np.asarray(cv2.resize(scene.pictures[0].y, (640, 360), interpolation=cv2.INTER_AREA), np.uint8)
    height, width = still.shape
    side = height // 4
    every, repeated = int(luck.integers(3, 6)), luck.random() < 0.5
    looks = [picture.look() for picture in scene.pictures]
    counts: Flow | None = None
    index = since_index = 0
    since = AT
    shown = still
    for second in range(20 + HARMED_S):
        if second == 20:
            since, since_index = camera.at, index
        slow = second >= 20
        for part in range(25):
            new = not slow or part % every == 0
            if not new and not repeated:
                continue
            if new:
                shown = still.copy()
                left = int((second * 25 + part) * width / 140) % (width - side)
                shown[height // 3 : height // 3 + side, left : left + side] = 40 + 160 * (second % 2)
            counts = flow.seen(counts, Frame(shown, second + part / 25, index))
            index += 1
        assert counts is not None
        counts, rate = flow.looked(counts)
        camera.sees([looks[second % len(looks)]], rate)
        if slow and _told(camera, "low_frame_rate"):
            break
    assert index > since_index
    return camera.case("low_frame_rate", scene.name, "repeated" if repeated else "left out", since)


def stalled(luck: Luck) -> Case:
    """No picture for some seconds while the connection stands."""
    state, _ = watch.start(FAULTS, AT)
    silence_s = luck.uniform(5, 8)
    camera = Camera(state, AT, [])
    for tenth in range(int(silence_s * 10)):
        at = AT + timedelta(seconds=tenth / 10)
        camera.state, told = watch.silent(camera.state, FAULTS, tenth / 10, at)
        camera.told += told
        camera.at = at
        if told:
            break
    return camera.case("stalled", "any", f"{silence_s:.1f} s", AT)
