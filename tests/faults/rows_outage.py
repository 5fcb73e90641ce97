"""A day without a link, then the link is back: a new alarm overtakes what a day has left."""

import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from contracts.base import Durable
from contracts.messages import CameraMinute, SensorReading
from edge.clock import monotonic_s, utc_now
from edge.core.outbox import Key
from edge.outbox.store import Outbox
from fallwatch.local import ports, rtsp, wait
from models.synth import presets
from models.synth.video import render
from tests.faults import cores, falls
from tests.faults.box import DEADLINE_S, Box
from tests.faults.place import CAMERA, Place
from tests.faults.table import Fault, Row, Size

SENSORS: Final = 4
DRAIN_PER_S: Final = 500
MINUTES_IN: Final = 13
FALLS_IN: Final = 600
"""Of so many messages of the day one is a camera's minute, or a fall: four sensors that speak every 5 s, four
cameras, and a hundred falls and faults."""
STEP: Final = 1_000
"""Between two new alarms."""
ALARM_S: Final = 2.0
MAX_DROPPED: Final = 0.02
"""Of a camera's frames while a day drains: of a fall of two seconds one picture."""
WATCHED_FROM: Final = 10_000
"""A day of so many messages is drained beside a camera that is watched."""


def link_away(place: Place, size: Size) -> Row:
    """A day is put into the outbox in a minute, as sensors and workers do; then the broker is there again."""
    with ExitStack() as stack:
        watched = stack.enter_context(_camera(place)) if size.events >= WATCHED_FROM else None
        metrics = {"port": ports.any_free()} if watched else {"port": 0}
        cameras = [{"id": f"link-away-{CAMERA}", "url": watched}] if watched else []
        outbox_settings = {"drain_per_s": DRAIN_PER_S, "resend_after_s": 10 if watched else 1}
        settings = {"outbox": outbox_settings, "metrics": metrics}
        box = place.box("link-away", sensors=SENSORS, period_s=5, **settings)
        box.with_cameras(cameras)
        place.broker.stop()
        alone = stack.enter_context(cores.servers_aside())
        with cores.started_on(alone):
            stack.enter_context(box.running())
        boot = box.boot()
        assert boot is not None
        outbox = stack.enter_context(closing(Outbox.open(box.outbox)))
        given = _a_day(box, outbox, boot, size.events)
        before = _frames(metrics["port"])
        place.broker.start()
        begun_s = monotonic_s()
        alarms_s = [_alarm_s(box, outbox, boot) for _ in range(size.times)]
        wait.until(lambda: box.waiting() <= 2 * SENSORS, 10 * DEADLINE_S, "the end of the backlog")
        drained_s = monotonic_s() - begun_s
        searched, dropped = (now - then for now, then in zip(_frames(metrics["port"]), before, strict=True))
    box.drain()
    assert max(alarms_s) <= ALARM_S, f"new alarms took {alarms_s} s"
    assert size.events / drained_s <= DRAIN_PER_S * 1.1, "the drain was faster than its bound"
    name = f"link away for a day: new alarms while {size.events:,} messages drain in {drained_s:.0f} s"
    if watched:
        name += f", {dropped:.0f} of {searched + dropped:.0f} frames dropped"
        assert dropped <= MAX_DROPPED * (searched + dropped), f"the drain starved the search: {name}"
    row = box.row(name, box.offered() + given + size.times, box.counters(), max(alarms_s))
    # What the camera's own worker saw and told: nothing else has an outbox here.
    return replace(row, injected=max(row.injected, row.accepted)) if watched else row


def _a_day(box: Box, outbox: Outbox, boot: UUID, count: int) -> int:
    """Readings, minutes and falls; how many. They do not wait for the disk: nothing is killed here."""
    outbox._connection.execute("PRAGMA synchronous = OFF")
    for number in range(count):
        if number % FALLS_IN == FALLS_IN - 1:
            falls.fall(outbox, box, boot)
        else:
            outbox.append(boot, utc_now(), telemetry(box, boot, number))
    outbox._connection.execute("PRAGMA synchronous = FULL")
    return count


def telemetry(box: Box, boot: UUID, number: int) -> Callable[[int], Durable]:
    head = {"message_id": uuid4(), "agent": box.name, "boot": boot, "observed_at": utc_now()}
    if number % MINUTES_IN == 0:
        return lambda seq: CameraMinute(
            **head, seq=seq, camera=f"{box.name}-{CAMERA}", watched_s=60, frames=1500, dropped=0
        )
    sensor = f"{box.name}-{number % SENSORS}"
    return lambda seq: SensorReading(
        **head, seq=seq, sensor=sensor, quantity="temperature", value=number % 40, unit="Cel"
    )


def _alarm_s(box: Box, outbox: Outbox, boot: UUID) -> float:
    """How long a new alarm takes to be confirmed while the backlog drains."""
    there = box.waiting()
    wait.until(lambda: box.waiting() <= there - min(STEP, there // 4), DEADLINE_S, "the drain")
    begun_s = monotonic_s()
    key = falls.fall(outbox, box, boot).key
    wait.until(lambda: not _waits(box, key), DEADLINE_S, "the alarm's confirmation")
    took_s = monotonic_s() - begun_s
    assert box.waiting() > SENSORS, "nothing was left that the alarm could overtake"
    return took_s


def _waits(box: Box, key: Key) -> bool:
    return bool(box.ask("SELECT 1 FROM message WHERE boot = ? AND seq = ?", str(key.boot), key.seq))


@contextmanager
def _camera(place: Place) -> Iterator[str]:
    """The address of a camera that shows a rendered fall again and again."""
    folder = place.folder / "scene"
    folder.mkdir()
    video: Path = render(presets.SHORT, folder, "short").video
    with rtsp.running(video, log=folder / "rtsp.log") as camera:
        yield camera.url


def _frames(port: int) -> tuple[float, float]:
    """Frames searched and dropped so far, from the agent's own metrics."""
    if port == 0:
        return 0.0, 0.0
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    counted = dict(line.rsplit(" ", 1) for line in lines if line.startswith("fallwatch_camera_frames"))
    total = {name.partition("{")[0]: float(value) for name, value in counted.items()}
    return total.get("fallwatch_camera_frames_total", 0), total.get(
        "fallwatch_camera_frames_dropped_total", 0
    )


ROWS = (Fault("link", link_away, Size(1_500, 1), Size(75_000, 5)),)
