"""The outbox on a real disk: numbers without gaps, several writers, receipts, damage."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid4

import pytest

from contracts.base import Durable, SeqRange
from contracts.devices import DeviceFault, Loss
from contracts.messages import CameraMinute, CameraState, ClipFailed, FallingObject, SensorReading, TrackPoint
from edge.outbox.schema import OutboxError, prepare
from edge.outbox.store import Clip, Outbox, OutboxFull

T0 = datetime(2026, 3, 1, tzinfo=UTC)
BOOT = UUID(int=1)
FULL = 2
ROOT = Path(__file__).resolve().parents[2]

WRITER = """
import sys
from pathlib import Path
from typing import Literal
from uuid import UUID
sys.path.insert(0, sys.argv[2])
from tests.integration.test_outbox_store import BOOT, T0, reading
from edge.outbox.store import Outbox
outbox = Outbox.open(Path(sys.argv[1]))
for _ in range(100):
    outbox.append(BOOT, T0, reading)
"""


def reading(seq: int) -> Durable:
    return SensorReading(
        message_id=uuid4(),
        agent="box",
        boot=BOOT,
        seq=seq,
        observed_at=T0,
        sensor="cabinet",
        quantity="temperature",
        value=1,
        unit="Cel",
    )


def state(seq: int) -> Durable:
    return CameraState(
        message_id=uuid4(), agent="box", boot=BOOT, seq=seq, observed_at=T0, camera="cam", state="lost"
    )


def minute(seq: int) -> Durable:
    return CameraMinute(
        message_id=uuid4(), agent="box", boot=BOOT, seq=seq, observed_at=T0, camera="cam", watched_s=60,
        frames=1500, dropped=0,
    )  # fmt: skip


def fall(seq: int) -> FallingObject:
    return FallingObject(
        message_id=uuid4(),
        agent="box",
        boot=BOOT,
        seq=seq,
        observed_at=T0,
        camera="cam",
        frame_width=640,
        frame_height=360,
        track=tuple(TrackPoint(t_s=t / 10, x_px=5, y_px=t) for t in range(3)),
        last_visible_at=T0,
        decided_at=T0,
        score=0.9,
    )


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    found = Outbox.open(tmp_path / "outbox.db", max_messages=10)
    yield found
    found.close()


def fill(outbox: Outbox, count: int, make: Callable[[int], Durable] = reading) -> None:
    for _ in range(count):
        outbox.append(BOOT, T0, make)


def test_numbers_begin_at_one_and_have_no_gaps(outbox: Outbox) -> None:
    fill(outbox, 3)
    assert [waiting.key.seq for waiting in outbox.waiting(10)] == [1, 2, 3]
    assert outbox.accepted(BOOT) == 3


def test_a_message_that_cannot_be_made_uses_up_no_number(outbox: Outbox) -> None:
    with pytest.raises(ValueError):
        outbox.append(BOOT, T0, lambda _: reading(-1))
    fill(outbox, 1)
    assert outbox.accepted(BOOT) == 1


def test_several_processes_write_at_once_without_a_gap_or_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    Outbox.open(path).close()
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(ROOT)], cwd=ROOT) for _ in range(3)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    outbox = Outbox.open(path)
    assert sorted(waiting.key.seq for waiting in outbox.waiting(1000)) == list(range(1, 301))
    outbox.close()


def test_a_message_is_accepted_only_once_the_disk_has_it(tmp_path: Path) -> None:
    """No test can cut the power: SQLite's own promise is asked for (see PRAGMA synchronous)."""
    path = tmp_path / "outbox.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        prepare(connection, path)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (FULL,)


def test_what_is_stored_is_there_after_opening_again(tmp_path: Path) -> None:
    first = Outbox.open(tmp_path / "outbox.db")
    stored = first.append(BOOT, T0, reading)
    first.close()
    again = Outbox.open(tmp_path / "outbox.db")
    assert again.fetch([stored.key]) == (stored,)
    assert again.append(BOOT, T0, reading).key.seq == 2
    again.close()


def test_a_fall_owes_its_video_until_a_clip_or_its_loss_is_told(tmp_path: Path) -> None:
    killed = Outbox.open(tmp_path / "outbox.db")
    event = killed.append(BOOT, T0, fall).message_id
    killed.close()
    outbox = Outbox.open(tmp_path / "outbox.db")
    assert outbox.clips_owed("cam") == (event,)
    assert outbox.clips_owed("another-cam") == ()
    told: list[ClipFailed] = []

    def lost(seq: int) -> ClipFailed:
        told.append(
            ClipFailed(
                message_id=uuid4(),
                agent="box",
                boot=BOOT,
                seq=seq,
                observed_at=T0,
                camera="cam",
                event=event,
                reason="killed",
            )
        )
        return told[-1]

    outbox.append(BOOT, T0, lost)
    assert outbox.clips_owed("cam") == ()
    outbox.close()


def test_a_confirmation_takes_its_ranges_and_nothing_else(outbox: Outbox) -> None:
    fill(outbox, 6)
    gone = outbox.confirm([SeqRange(boot=BOOT, first=2, last=3), SeqRange(boot=BOOT, first=5, last=99)])
    assert [key.seq for key, _ in gone] == [2, 3, 5, 6]
    assert [waiting.key.seq for waiting in outbox.waiting(10)] == [1, 4]
    assert outbox.confirm([SeqRange(boot=BOOT, first=2, last=3)]) == ()
    assert outbox.confirm([SeqRange(boot=UUID(int=9), first=1, last=9)]) == ()
    assert outbox.depth().messages == 2


def test_a_confirmed_number_is_never_given_again(outbox: Outbox) -> None:
    fill(outbox, 2)
    outbox.confirm([SeqRange(boot=BOOT, first=1, last=2)])
    assert outbox.append(BOOT, T0, reading).key.seq == 3


def test_a_rejected_message_is_put_aside_once(outbox: Outbox) -> None:
    stored = outbox.append(BOOT, T0, reading)
    assert outbox.reject(stored.key, "why", T0) == stored.message_id
    assert outbox.reject(stored.key, "why", T0) is None
    assert (outbox.depth().messages, outbox.depth().rejected) == (0, 1)


def test_alarms_come_first_then_age(outbox: Outbox) -> None:
    fill(outbox, 2)
    fill(outbox, 1, state)
    assert [waiting.key.seq for waiting in outbox.waiting(10)] == [3, 1, 2]


def test_in_a_full_outbox_the_oldest_telemetry_makes_room_which_is_told_with_its_numbers(
    outbox: Outbox,
) -> None:
    fill(outbox, 1, state)
    fill(outbox, 9)
    fill(outbox, 1)
    assert [waiting.key.seq for waiting in outbox.waiting(20)] == [1, 12, *range(3, 12)]
    (told,) = losses(outbox)
    assert (told.what, told.count, dict(told.by_kind)) == ("telemetry_thinned", 1, {"sensor_reading": 1})
    assert [(found.boot, found.first, found.last) for found in told.ranges] == [(BOOT, 2, 2)]
    assert (told.first_at, told.last_at) == (T0, T0)


def test_an_outbox_full_of_alarms_refuses_telemetry_and_takes_alarms(outbox: Outbox) -> None:
    fill(outbox, 10, state)
    with pytest.raises(OutboxFull):
        fill(outbox, 1)
    fill(outbox, 1, state)
    assert outbox.accepted(BOOT) == 12
    (told,) = losses(outbox)
    assert (told.what, dict(told.by_kind)) == ("telemetry_refused", {"sensor_reading": 1})


def test_readings_go_before_minutes_of_a_camera_and_alarms_never(tmp_path: Path) -> None:
    with closing(Outbox.open(tmp_path / "outbox.db")) as outbox:
        fill(outbox, 2, minute)
        fill(outbox, 2)
        fill(outbox, 2, state)
        assert outbox.thin("box", BOOT, T0, "the disk is full") == 4
        (told,) = losses(outbox)
        assert dict(told.by_kind) == {"sensor_reading": 2, "camera_minute": 2}
        assert outbox.thin("box", BOOT, T0, "the disk is full") == 0
        assert [waiting.key.seq for waiting in outbox.waiting(10)] == [5, 6, 7]


def losses(outbox: Outbox) -> list[Loss]:
    stored = outbox.fetch([waiting.key for waiting in outbox.waiting(1000)])
    return [Loss.model_validate_json(message.body) for message in stored if message.kind == "loss"]


def test_a_clip_waits_until_it_is_uploaded_and_stays_within_what_is_kept(
    outbox: Outbox, tmp_path: Path
) -> None:
    clips = [Clip(str(number) * 64, tmp_path / f"{number}.mp4", 100, uuid4()) for number in range(3)]
    for number, clip in enumerate(clips):
        outbox.append(BOOT, T0.replace(minute=number), state, clip)
    assert outbox.clips_waiting(10) == tuple(clips)
    for number, clip in enumerate(clips):
        outbox.clip_uploaded(clip.sha256, T0.replace(hour=1, minute=number))
    assert outbox.clips_waiting(10) == ()
    assert outbox.clips_beyond(200) == (clips[0],)
    outbox.clip_deleted(clips[0].sha256)
    assert outbox.clips_beyond(200) == ()


def test_an_outbox_of_a_newer_program_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(OutboxError, match="newer program"):
        Outbox.open(path)


def test_a_raised_fault_is_open_until_it_is_cleared_also_after_a_restart(tmp_path: Path) -> None:
    def fault(state: Literal["raised", "cleared"]) -> Callable[[int], DeviceFault]:
        return lambda seq: DeviceFault(
            message_id=uuid4(),
            agent="box",
            boot=BOOT,
            seq=seq,
            observed_at=T0,
            subject_type="camera",
            subject="cam",
            fault="frozen",
            state=state,
        )

    path = tmp_path / "outbox.db"
    with closing(Outbox.open(path)) as outbox:
        outbox.append(BOOT, T0, fault("raised"))
        outbox.append(BOOT, T0, fault("raised"))
    with closing(Outbox.open(path)) as outbox:
        assert outbox.faults_open("cam") == {"frozen"}
        assert outbox.faults_open("other") == frozenset()
        outbox.append(BOOT, T0, fault("cleared"))
        assert outbox.faults_open("cam") == frozenset()


def test_an_outbox_of_the_version_before_is_taken_over_with_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with closing(Outbox.open(path)) as outbox:
        outbox.append(BOOT, T0, reading)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE open_fault")
        connection.execute("ALTER TABLE message DROP COLUMN crc")
        connection.execute("PRAGMA user_version = 1")
    with closing(Outbox.open(path)) as outbox:
        assert outbox.depth().messages == 1
        assert outbox.damage() is None
        assert outbox.faults_open("cam") == frozenset()
