"""What cameras, networks and decoders do to one camera of a box, and whether the other is disturbed.

A box watches two cameras over real RTSP. Between it and the first lies a network that we spoil; the other is
left alone. What is counted are the box's messages; a recovery is seen by the frames that its agent counts.
"""

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import httpx

from edge.clock import monotonic_s
from fallwatch.local import ports, rtsp, wait
from fallwatch.local.rtsp import RtspCamera
from tests.faults.box import DEADLINE_S, OWN, Box, worker_of
from tests.faults.place import CAMERA, Place
from tests.faults.table import Fault, Row, Size
from tests.fixtures.moving import moving
from tests.fixtures.proxy import Proxy, proxied

OTHER: Final = "other"
QUIET_S: Final = 1.5
"""The agent hears of frames once a second."""
FPS: Final = 25
UNDISTURBED: Final = 0.7
"""The other camera's frames, as a share of what it filmed, where nothing else runs on the machine."""
SMALL, LARGE = (320, 240), (480, 360)
FRAMES: Final = re.compile(r'fallwatch_camera_frames_total\{camera="([a-z0-9-]+)"\} ([0-9.e+]+)')


@dataclass
class Watching:
    """A box that watches, and what is between it and its bad camera."""

    of: Box
    agent_pid: int
    metrics_port: int
    camera: RtspCamera
    proxy: Proxy
    videos: Path
    bad: str
    good: str
    large: bool = False

    def frames(self, camera: str) -> float:
        """How many frames of a camera were searched so far."""
        text = httpx.get(f"http://127.0.0.1:{self.metrics_port}/metrics").text
        return sum(float(value) for name, value in FRAMES.findall(text) if name == camera)

    def flows(self, camera: str, count: int = 10) -> None:
        """Waits for frames that are searched from now on."""
        before = self.frames(camera)
        wait.until(lambda: self.frames(camera) >= before + count, DEADLINE_S, f"frames of {camera}")

    def stops(self) -> None:
        """Waits until the bad camera gives no frames any more."""

        last, since_s = self.frames(self.bad), monotonic_s()

        def silent() -> bool:
            nonlocal last, since_s
            before, last = last, self.frames(self.bad)
            since_s = since_s if last == before else monotonic_s()
            return monotonic_s() - since_s > QUIET_S

        wait.until(silent, DEADLINE_S, "silence")

    def worker(self, camera: str) -> int | None:
        """The process of a camera."""
        return worker_of(self.agent_pid, camera)


@contextmanager
def watching(place: Place, name: str) -> Iterator[Watching]:
    """The box with its two cameras, once both are seen; its log and data outlive the block."""
    videos, port = place.folder / "videos", ports.any_free()
    videos.mkdir(exist_ok=True)
    small = moving(videos, SMALL)
    logs = place.folder / f"{name}-bad.log", place.folder / f"{name}-good.log"
    with (
        rtsp.running(small, log=logs[0]) as bad,
        rtsp.running(small, log=logs[1]) as good,
        proxied(bad.port) as proxy,
    ):
        url = bad.url.replace(f":{bad.port}/", f":{proxy.port}/")
        first, second = f"{name}-{CAMERA}", f"{name}-{OTHER}"
        cameras = [{"id": first, "url": url, "lost_after_s": 4}, {"id": second, "url": good.url}]
        box = place.box(name, cameras=(CAMERA, OTHER), metrics={"port": port})
        box.with_cameras(cameras)
        with box.running() as agent:
            found = Watching(box, agent.pid, port, bad, proxy, videos, first, second)
            wait.until(lambda: ports.answers(port), DEADLINE_S, "metrics")
            for camera in (first, second):
                found.flows(camera)
            yield found


def reset(box: Watching) -> None:
    box.proxy.reset()


def silence(box: Watching) -> None:
    box.proxy.weather.stalled = True
    box.stops()
    wait.until(lambda: "lost" in states(box, box.bad), DEADLINE_S, "the loss")
    box.proxy.weather.stalled = False


def rubbish(box: Watching) -> None:
    box.proxy.weather.rubbish = True
    box.stops()
    box.proxy.weather.rubbish = False


def size(box: Watching) -> None:
    box.large = not box.large
    box.camera.show(moving(box.videos, LARGE if box.large else SMALL))


def codec(box: Watching) -> None:
    was_h264 = "libx264" in box.camera.video.name
    box.camera.video = moving(box.videos, SMALL, codec="libx265" if was_h264 else "libx264")
    box.camera.restart()


def leap(box: Watching) -> None:
    box.proxy.weather.ahead_s += 100
    box.flows(box.bad, 50)
    box.proxy.weather.ahead_s -= 50


def standing(box: Watching) -> None:
    box.proxy.weather.standing = True
    box.flows(box.bad, 75)
    box.proxy.weather.standing = False


def crash(box: Watching) -> None:
    worker = box.worker(box.bad)
    assert worker is not None
    os.kill(worker, signal.SIGSEGV)
    wait.until(lambda: box.worker(box.bad) != worker, DEADLINE_S, "the end of the program")


def hang(box: Watching) -> None:
    worker = box.worker(box.bad)
    assert worker is not None
    os.kill(worker, signal.SIGSTOP)
    wait.until(lambda: box.worker(box.bad) != worker, DEADLINE_S, "the end of the program")


def states(box: Watching, camera: str) -> list[str]:
    """What was told of a camera."""
    return [line["state"] for line in box.of.logged("camera_state") if line.get("camera") == camera]


def one(cause: Callable[[Watching], None], name: str, told: str, place: Place, size: Size) -> Row:
    """Does it, so many times; the row of the table.

    recovered_s: the longest time from the end of the cause to ten frames of the camera.
    """
    recovered_s: list[float] = []
    with watching(place, name) as box:
        worker, seen, began_s = box.worker(box.good), box.frames(box.good), monotonic_s()
        for _ in range(size.times):
            cause(box)
            ended_s = monotonic_s()
            box.flows(box.bad)
            recovered_s.append(monotonic_s() - ended_s)
        box.flows(box.good, 1)
        share = (box.frames(box.good) - seen) / ((monotonic_s() - began_s) * FPS)
        assert box.worker(box.good) == worker, "the other camera's program was ended"
        assert states(box, box.good) == ["streaming"], "the other camera was lost"
        assert share > size.undisturbed, f"the other camera gave only {share:.0%} of its frames"
    box.of.drain()
    return _told(box.of, told, max(recovered_s))


def refused(place: Place, size: Size) -> Row:
    """A camera that refuses the password of the settings, for so many seconds; then the settings are mended.

    recovered_s: from the start with the right password to the first frame.
    """
    name, videos = "camera-refused", place.folder / "videos"
    videos.mkdir(exist_ok=True)
    log = place.folder / f"{name}.log"
    box = place.box(name)
    with (
        rtsp.running(moving(videos, SMALL), log=log, password="right") as camera,
        proxied(camera.port) as proxy,
    ):
        right = camera.url.replace(f":{camera.port}/", f":{proxy.port}/")
        box.with_cameras([{"id": f"{name}-{CAMERA}", "url": right.replace("right", "wrong")}])
        with box.running():
            began_s = monotonic_s()
            wait.until(lambda: box.logged("camera_login"), DEADLINE_S, "the fault")
            wait.until(lambda: monotonic_s() - began_s > size.times, DEADLINE_S + size.times, "the time")
        logins, mended_s = proxy.weather.logins, monotonic_s()
        assert logins == 1 + size.times // 300, f"{logins} tries in {size.times} s"
        box.with_cameras([{"id": f"{name}-{CAMERA}", "url": right}])
        with box.running():
            wait.until(lambda: box.logged("camera_state"), DEADLINE_S, "the camera")
            recovered_s = monotonic_s() - mended_s
            wait.until(lambda: box.logged("camera_login"), DEADLINE_S, "the fault's end")
    box.drain()
    told = f"camera: wrong password for {size.times} s, {logins} login tried"
    return _told(box, told, recovered_s)


def _told(box: Box, fault: str, recovered_s: float) -> Row:
    """What a box with cameras was given to tell are its cameras' states and minutes."""
    injected = sum(found.kind not in OWN for found in box.arrived())
    return box.row(fault, injected, box.counters(), recovered_s)


def _row(cause: Callable[[Watching], None], name: str, told: str, *, is_short: bool = False) -> Fault:
    short = Size(0, 1) if is_short else None
    return Fault(name, partial(one, cause, name, told), short, Size(0, 3, undisturbed=UNDISTURBED))


ROWS = (
    _row(reset, "camera-reset", "camera: connection reset", is_short=True),
    _row(silence, "camera-silent", "camera: silence without a FIN"),
    _row(rubbish, "camera-rubbish", "camera: rubbish bytes"),
    _row(size, "camera-size", "camera: another size in the stream"),
    _row(codec, "camera-codec", "camera: H.265 instead of H.264, and back"),
    _row(leap, "camera-leap", "camera: time stamps leap by +100 s and -50 s"),
    _row(standing, "camera-stands", "camera: time stamps stand"),
    _row(crash, "worker-crash", "decoder: SIGSEGV", is_short=True),
    _row(hang, "worker-hang", "decoder: hangs (SIGSTOP)"),
    Fault("camera-refused", refused, Size(0, 3), Size(0, 30)),
)
