"""A damaged outbox at the next start: noticed, set aside, saved as far as it can be read, the rest told."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from contracts.base import MAX_SEQ, Durable, SeqRange
from contracts.devices import Loss
from edge.core.outbox import Key
from edge.doctor import files as doctor
from edge.outbox.rescue import Rescued, Start, open_or_rescue
from edge.outbox.schema import OutboxError
from edge.outbox.store import Clip, Outbox
from tests.integration.test_outbox_store import T0, fall, reading

BOOTS = [UUID(int=1), UUID(int=2)]
CONFIRMED = 40
PER_BOOT = 90
DAMAGES = 4


def of(boot: UUID, make: Callable[[int], Durable]) -> Callable[[int], Durable]:
    return lambda seq: make(seq).model_copy(update={"boot": boot})


def start(folder: Path, boot: UUID | None = None) -> tuple[Outbox, Rescued | None]:
    clips = folder / "clips"
    return open_or_rescue(folder / "outbox.db", Start("box", boot or uuid4(), T0, clips))


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two killed starts leave behind: an outbox of which a part lies in the log only."""
    alive, dead = tmp_path_factory.mktemp("alive"), tmp_path_factory.mktemp("dead") / "edge"
    for boot in BOOTS:
        outbox, _ = start(alive, boot)
        outbox._connection.execute("PRAGMA synchronous = OFF")  # the test kills nothing while it writes
        for number in range(PER_BOOT):
            outbox.append(boot, T0, of(boot, fall if number % 9 == 0 else reading))
        outbox.confirm([SeqRange(boot=boot, first=5, last=4 + CONFIRMED)])
        if boot == BOOTS[-1]:
            shutil.copytree(alive, dead)
        outbox.close()
    return dead


def keys(outbox: Outbox) -> set[Key]:
    return {found.key for found in outbox.waiting(10_000) if found.key.boot in BOOTS}


def losses(outbox: Outbox) -> list[Loss]:
    stored = outbox.fetch([waiting.key for waiting in outbox.waiting(1000)])
    return [Loss.model_validate_json(message.body) for message in stored if message.kind == "loss"]


def told(outbox: Outbox, key: Key) -> bool:
    parts = [part for loss in losses(outbox) for part in loss.ranges]
    return any(part.boot == key.boot and part.first <= key.seq <= part.last for part in parts)


def flip(content: bytearray, luck: random.Random) -> None:
    for _ in range(luck.choice((1, 1, 100))):
        content[luck.randrange(len(content))] ^= 1 << luck.randrange(8)


def cut(content: bytearray, luck: random.Random) -> None:
    del content[luck.randrange(len(content)) :]


def wipe(content: bytearray, luck: random.Random) -> None:
    begin = luck.randrange(len(content))
    content[begin : begin + 8192] = bytes(len(content[begin : begin + 8192]))


@pytest.mark.parametrize("file", ["outbox.db", "outbox.db-wal"])
@pytest.mark.parametrize("damage", [flip, cut, wipe])
def test_whatever_the_damage_each_message_is_saved_or_its_number_told_and_the_next_start_is_clean(
    killed: Path, tmp_path: Path, file: str, damage: Callable[[bytearray, random.Random], None]
) -> None:
    with closing(start_of_a_copy(killed, tmp_path / "whole")) as whole:
        waiting = keys(whole)
    assert len(waiting) == len(BOOTS) * (PER_BOOT - CONFIRMED)
    for seed in range(DAMAGES):
        folder = tmp_path / str(seed)
        shutil.copytree(killed, folder)
        content = bytearray((folder / file).read_bytes())
        damage(content, random.Random(seed))
        (folder / file).write_bytes(content)
        outbox, rescued = start(folder)
        saved = keys(outbox)
        assert saved <= {Key(boot, seq) for boot in BOOTS for seq in range(1, PER_BOOT + 1)}
        assert {key for key in waiting - saved if not told(outbox, key)} == set(), (seed, rescued)
        assert not any(told(outbox, key) for key in saved), (seed, rescued)
        assert rescued is not None or saved == waiting, seed
        outbox.append(new := uuid4(), T0, of(new, reading))
        outbox.close()
        again, rescued_again = start(folder)
        assert rescued_again is None, "never a loop"
        again.close()


def start_of_a_copy(killed: Path, folder: Path) -> Outbox:
    shutil.copytree(killed, folder)
    outbox, rescued = start(folder)
    assert rescued is None
    return outbox


def test_a_flipped_byte_in_one_message_costs_this_message_only_and_its_number_is_told(
    killed: Path, tmp_path: Path
) -> None:
    outbox = start_of_a_copy(killed, tmp_path / "edge")
    before, victim = keys(outbox), Key(BOOTS[0], 3)
    (body,) = (message.body for message in outbox.fetch([victim]))
    outbox._connection.execute("UPDATE message SET body = ? WHERE body = ?", (b"[" + body[1:], body))
    outbox.close()
    rescued_into, rescued = start(tmp_path / "edge")
    with closing(rescued_into) as outbox:
        assert rescued is not None
        assert (rescued.lost, "is not as it was written" in rescued.why) == (1, True)
        assert keys(outbox) == before - {victim}
        (loss,) = losses(outbox)
        assert (loss.what, loss.count) == ("outbox_damaged", 1)
        assert loss.ranges == (SeqRange(boot=BOOTS[0], first=3, last=3),)
    assert (tmp_path / "edge" / rescued.aside).exists(), "set aside, not deleted"


def test_a_flipped_byte_in_the_time_of_a_message_does_not_end_every_start(
    killed: Path, tmp_path: Path
) -> None:
    outbox = start_of_a_copy(killed, tmp_path / "edge")
    outbox._connection.execute("UPDATE message SET accepted_at = '2026-1!-26' WHERE seq = 3")
    outbox.close()
    outbox, rescued = start(tmp_path / "edge")
    with closing(outbox):
        assert rescued is not None
        assert rescued.lost == len(BOOTS)
        assert len(outbox.waiting(1000)) == len(BOOTS) * (PER_BOOT - CONFIRMED - 1) + 1


def test_a_list_of_free_pages_that_leads_astray_costs_no_message(killed: Path, tmp_path: Path) -> None:
    with closing(start_of_a_copy(killed, tmp_path / "whole")) as whole:
        waiting = keys(whole)
    for trunk in (3, 4, 9, 12):
        folder = tmp_path / str(trunk)
        shutil.copytree(tmp_path / "whole", folder)
        content = bytearray((folder / "outbox.db").read_bytes())
        content[32:36] = trunk.to_bytes(4)
        (folder / "outbox.db").write_bytes(content)
        outbox, rescued = start(folder)
        with closing(outbox):
            assert rescued is not None
            assert keys(outbox) >= waiting


def test_where_nothing_can_be_read_every_earlier_start_is_told_as_lost(killed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "edge"
    shutil.copytree(killed, folder)
    for name in ("outbox.db", "outbox.db-wal"):
        (folder / name).write_bytes(b"this is no database " * 1000)
    outbox, rescued = start(folder, present := uuid4())
    with closing(outbox):
        assert rescued is not None
        (loss,) = losses(outbox)
        assert loss.ranges == tuple(SeqRange(boot=boot, first=1, last=MAX_SEQ) for boot in BOOTS)
        assert loss.boot == present
        assert loss.seq == 1


def test_an_outbox_that_is_gone_is_noticed_by_the_list_of_starts(killed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "edge"
    shutil.copytree(killed, folder)
    for name in ("outbox.db", "outbox.db-wal", "outbox.db-shm"):
        (folder / name).unlink()
    outbox, rescued = start(folder)
    outbox.close()
    assert rescued is not None
    assert "gone" in rescued.why


def test_a_first_start_rescues_nothing(tmp_path: Path) -> None:
    outbox, rescued = start(tmp_path)
    outbox.close()
    assert rescued is None


def test_clips_that_wait_are_saved_and_one_of_which_only_the_file_is_left_waits_again(tmp_path: Path) -> None:
    folder, (first, second) = tmp_path / "edge", ("a" * 64, "b" * 64)
    (folder / "clips").mkdir(parents=True)
    for name in (first, second):
        (folder / "clips" / f"{name}.mp4").write_bytes(b"video")
    outbox, _ = start(folder, BOOTS[0])
    event = uuid4()
    outbox.append(
        BOOTS[0], T0, of(BOOTS[0], reading), Clip(first, folder / "clips" / f"{first}.mp4", 5, event)
    )
    outbox._connection.execute("UPDATE message SET crc = 0")
    outbox.close()
    outbox, rescued = start(folder)
    with closing(outbox):
        assert rescued is not None
        assert {(clip.sha256, clip.message_id) for clip in outbox.clips_waiting(9)} == {
            (first, event),
            (second, UUID(int=0)),
        }


@pytest.mark.parametrize("killed_after", ["-wal", "-shm", ""])
def test_a_kill_while_the_new_outbox_takes_its_place_is_made_good_at_the_next_start(
    killed: Path, tmp_path: Path, killed_after: str
) -> None:
    done = tmp_path / "done"
    shutil.copytree(killed, done)
    content = bytearray((done / "outbox.db").read_bytes())
    content[:16] = b"x" * 16
    (done / "outbox.db").write_bytes(content)
    outbox, _ = start(done)
    wanted = keys(outbox)
    outbox.close()
    folder = tmp_path / "edge"
    shutil.copytree(killed, folder)
    (done / "outbox.db").rename(folder / "outbox.db.saved")
    for suffix in ("-wal", "-shm", ""):
        (folder / f"outbox.db{suffix}").unlink()
        if suffix == killed_after:
            break
    outbox, rescued = start(folder)
    with closing(outbox):
        assert rescued is None
        assert keys(outbox) == wanted


def test_the_doctor_names_a_damaged_log_and_leaves_it_to_the_agent(killed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "edge"
    shutil.copytree(killed, folder)
    log = folder / "outbox.db-wal"
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 1
    log.write_bytes(content)
    seen = doctor.outbox(folder / "outbox.db")
    assert seen is not None
    assert "its log is not as it was written" in seen.damage
    assert log.read_bytes() == content


def test_an_outbox_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    outbox, _ = start(tmp_path)
    outbox.close()
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(OutboxError, match="newer program"):
        start(tmp_path)
