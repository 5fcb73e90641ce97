"""A small disk that fills up, and is freed again."""

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from edge.clock import monotonic_s, utc_now
from edge.outbox.store import Clip, Outbox
from fallwatch.local import wait
from tests.faults import falls
from tests.faults.box import DEADLINE_S, Box
from tests.faults.falls import MIB
from tests.faults.place import Place
from tests.faults.rows_outage import SENSORS, telemetry
from tests.faults.table import CannotRunHere, Fault, Row, Size

DISK_BYTES: Final = 64 * MIB
KEEP_FREE_BYTES: Final = 12 * MIB
RECORDINGS: Final = 6
FULL_FALLS: Final = 20
BALLAST: Final = "ballast"
PIECE: Final = 64 * 1024


def disk_full(place: Place, size: Size) -> Row:
    """Recordings go first, then the oldest telemetry; without a single free block falls are still taken."""
    settings = {"outbox": {"keep_free_bytes": KEEP_FREE_BYTES, "drain_per_s": 2_000}}
    box = place.box("disk-full", sensors=SENSORS, period_s=0.1, **settings)
    with small_disk(box.data):
        with box.running(), closing(Outbox.open(box.outbox)) as outbox:
            recovered_s = _filled_and_freed(place, box, outbox, size)
        box.drain()
        row = box.row("", _injected(box, size), box.counters(), recovered_s)
    thinned, deleted = _told(box, "telemetry_thinned"), _told(box, "clips_deleted")
    assert deleted == RECORDINGS, f"{deleted} recordings were told as gone"
    assert row.accepted - row.stored <= thinned, "more is missing than was told"
    name = f"disk full, then freed ({thinned:,} readings and {RECORDINGS} recordings gone, each told)"
    return replace(row, fault=name)


def _told(box: Box, what: str) -> int:
    return sum(loss["count"] for loss in box.losses() if loss["what"] == what)


def _injected(box: Box, size: Size) -> int:
    """Values of the sensors, the test's own telemetry, falls with their clips, and falls on the full disk."""
    return box.offered() + size.events + 2 * (RECORDINGS + size.times) + FULL_FALLS


def _filled_and_freed(place: Place, box: Box, outbox: Outbox, size: Size) -> float:
    """From the moment at which the disk was freed until everything that waited had gone up, seconds."""
    luck, boot = random.Random(3), box.boot()
    assert boot is not None
    recordings = [falls.clip(outbox, box, boot, MIB, luck) for _ in range(RECORDINGS)]
    wait.until(lambda: not outbox.clips_waiting(1), DEADLINE_S, "the upload of the recordings")
    place.broker.stop()
    clips = [falls.clip(outbox, box, boot, MIB, luck) for _ in range(size.times)]
    for number in range(size.events):
        outbox.append(boot, utc_now(), telemetry(box, boot, number))
    _fill(box, recordings)
    for _ in range(FULL_FALLS):
        falls.fall(outbox, box, boot)
    assert all(clip.path.exists() for clip in clips), "a clip that was not uploaded is gone"
    freed_s = monotonic_s()
    (box.data / BALLAST).unlink()
    place.broker.start()
    wait.until(lambda: outbox.reserve.is_there, DEADLINE_S, "a new reserve")
    wait.until(lambda: not outbox.faults_open(box.name), DEADLINE_S, "the end of the alarm")
    wait.until(lambda: not outbox.clips_waiting(1), DEADLINE_S, "the upload of the clips")
    wait.until(lambda: box.waiting() <= SENSORS, DEADLINE_S, "the end of the backlog")
    same = [falls.stored(place.folder / "evidence", clip.sha256) for clip in clips]
    assert all(same), "a clip is not what it was"
    return monotonic_s() - freed_s


def _fill(box: Box, recordings: list[Clip]) -> None:
    """Fills the disk in three steps, and waits for what must follow from each."""
    _leave(box, KEEP_FREE_BYTES // 2 + MIB)
    wait.until(lambda: not any(clip.path.exists() for clip in recordings), DEADLINE_S, "the recordings' end")
    _leave(box, KEEP_FREE_BYTES // 4)
    thinned = "SELECT 1 FROM message WHERE kind = 'loss' AND instr(body, 'telemetry_thinned')"
    wait.until(lambda: box.ask(thinned), DEADLINE_S, "thinner telemetry")
    raised = "SELECT 1 FROM open_fault WHERE fault = 'disk_full'"
    wait.until(lambda: box.ask(raised), DEADLINE_S, "the alarm")
    _leave(box, 0)


def _leave(box: Box, free_bytes: int) -> None:
    """Writes ballast until no more than this is free."""
    with (box.data / BALLAST).open("ab", buffering=0) as ballast, suppress(OSError):
        while _free_bytes(box.data) > free_bytes:
            ballast.write(bytes(PIECE))


def _free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own at this folder.

    Raises:
        CannotRunHere: It cannot be mounted.
    """
    folder.mkdir()
    size = f"size={DISK_BYTES}"
    command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise CannotRunHere(f"no small disk can be mounted here: {reason}") from error
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


ROWS = (Fault("disk", disk_full, Size(3_000, 2), Size(40_000, 10)),)
