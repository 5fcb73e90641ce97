"""The figures of the ledger, on days made by hand, and again from their export."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cloud.core import ledger, ledger_file
from cloud.core.ledger import Camera, Fall, FaultSpan, OrderLine, Planned, Raw, StateChange
from cloud.core.reaction import episodes, reaction
from cloud.core.watched import Watched

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
DAY_S = 86_400.0
EAST = Camera("cam-east", "东 01", "box-a", "garden", ("east",), BEGIN - timedelta(days=30))
WEST = Camera("cam-west", "西 02", "box-a", "garden", ("west", "east"), BEGIN + timedelta(hours=12))


def at(hours: float) -> datetime:
    return BEGIN + timedelta(hours=hours)


def streaming(camera: str, hours: float, state: str = "streaming", reason: str = "") -> StateChange:
    return StateChange(camera, at(hours), state, reason)


DAY = Raw(
    BEGIN,
    at(24),
    at(48),
    cameras=(EAST, WEST),
    states=(
        *(streaming("cam-east", -9), streaming("cam-east", 2, "lost", "no packet"), streaming("cam-east", 3)),
        streaming("cam-west", 12),
    ),
    faults=(
        FaultSpan("agent", "box-a", "agent_offline", "critical", at(20), at(21)),
        FaultSpan("camera", "cam-east", "defocused", "serious", at(5), at(8)),
        FaultSpan("camera", "cam-east", "soiled", "warning", at(9), at(10)),
        FaultSpan("camera", "cam-west", "frozen", "critical", at(23), None),
    ),
    watched=(
        Watched("cam-east", at(0), 120, 60.0),
        Watched("cam-east", at(3), 60 * 21, 54.0),
        Watched("cam-west", at(12), 60 * 12, 60.0),
    ),
    falls=(
        Fall("a", "cam-east", at(6), "verified", complete=True),
        Fall("b", "cam-east", at(7), "verified", complete=False),
        Fall("c", "cam-east", at(23), "pending", complete=False),
    ),
    planned=(
        Planned("garden", "cam-east", at(2), at(2.5), "new lens", "zhang", at(-20)),
        Planned("garden", None, at(6), at(8), "an excuse", "zhang", at(7)),
    ),
    lines=(
        OrderLine(1, "fault", at(2), "opened", "system"),
        OrderLine(1, "fault", at(2.5), "taken", "li"),
        OrderLine(1, "fault", at(3), "fault_cleared", "system"),
        OrderLine(1, "fault", at(9), "recurred", "system"),
        OrderLine(1, "fault", at(10), "fault_cleared", "system"),
        OrderLine(2, "patrol", at(4), "opened", "wang"),
        OrderLine(2, "patrol", at(4.5), "taken", "li"),
        OrderLine(2, "patrol", at(6), "finished", "li"),
        OrderLine(2, "patrol", at(7), "rejected", "wang"),
        OrderLine(2, "patrol", at(8), "overdue", "system"),
        OrderLine(2, "patrol", at(9), "finished", "li"),
        OrderLine(2, "patrol", at(20), "verified", "wang"),
        OrderLine(3, "complaint", at(5), "opened", "wang"),
        OrderLine(3, "complaint", at(6), "cancelled", "wang"),
    ),
)


def test_a_day_is_counted_as_by_hand() -> None:
    east, west = ledger.accounts(DAY)
    # Half an hour of the lost one was announced; what was entered afterwards is not.
    assert (east.due_s / 3600, east.excluded_s / 3600) == (23.5, 0.5)
    assert (east.online_s / 3600, east.sound_s / 3600) == (22.0, 19.0)
    assert east.recorded_s == 120 * 60 + 21 * 60 * 54
    assert (east.falls, east.clips) == (3, 1)
    assert [(outage.begin, outage.end, outage.why) for outage in east.outages] == [
        (at(2.5), at(3), "no packet"),
        (at(20), at(21), "agent_offline"),
    ]
    assert [outage.why for outage in east.blinded] == ["defocused"]
    assert [(gap.begin, gap.end) for gap in east.unrecorded] == [(at(2.5), at(3))]
    # Counted from its first report on.
    assert (west.due_s / 3600, west.online_s / 3600, west.sound_s / 3600) == (12, 11, 10)
    shares = {figure.key: figure.value for figure in ledger.figures([east, west])}
    assert shares == {
        "availability": 33 / 35.5,
        "picture": 29 / 33,
        "recording": (7200 + 68040 + 43200) / (35.5 * 3600),
        "clips": 1 / 3,
    }


def test_a_clip_that_may_still_be_on_its_way_does_not_count_yet() -> None:
    (east, _) = ledger.accounts(replace(DAY, as_of=at(23.5)))
    assert (east.falls, east.clips) == (2, 1)
    assert east.due_s == DAY_S - 3600, "and nothing is due after the moment of counting"


def test_reaction_is_counted_by_episode_and_what_was_rejected_was_not_restored() -> None:
    first, again, patrol, cancelled = episodes(DAY.lines)
    assert (first.number, again.number, patrol.restored_at, patrol.late) == (1, 1, at(9), True)
    assert cancelled.cancelled
    figures = {figure.key: figure for figure in reaction(episodes(DAY.lines), BEGIN, at(24))}
    assert figures["mtta"].value == 1800
    assert figures["mttr"].value == (1 + 1 + 5) * 3600 / 3
    assert (figures["on_time"].numerator, figures["on_time"].denominator) == (2, 3)


@pytest.mark.parametrize(
    ("begin_min", "end_min", "expected_s"),
    [(0, 10, 540.0), (0.5, 2, 84.0), (0.25, 0.5, 15.0), (3.1, 3.9, 48.0), (9.5, 20, 30.0), (12, 20, 0.0)],
)
def test_a_minute_that_is_cut_counts_at_most_what_lies_within(
    begin_min: float, end_min: float, expected_s: float
) -> None:
    raw = Raw(
        BEGIN + timedelta(minutes=begin_min),
        BEGIN + timedelta(minutes=end_min),
        at(48),
        cameras=(EAST,),
        watched=(Watched("cam-east", BEGIN, 10, 54.0),),
    )
    (account,) = ledger.accounts(raw)
    assert account.recorded_s == pytest.approx(expected_s)


def repacked(content: bytes, name: str, old: str, new: str) -> bytes:
    """The export with something changed in one of its files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(buffer, "w") as after:
        for entry in before.namelist():
            text = before.read(entry).decode()
            assert entry != name or old in text
            after.writestr(entry, text.replace(old, new) if entry == name else text)
    return buffer.getvalue()


TARGETS = {"availability": 0.98, "recording": 0.95}


def test_the_export_gives_the_same_figures_and_is_the_same_twice() -> None:
    content = ledger_file.packed(DAY, TARGETS, "how")
    assert ledger_file.check(content) == ()
    assert ledger_file.packed(DAY, TARGETS, "how") == content


@pytest.mark.parametrize(
    ("name", "old", "new", "figure"),
    [
        ("faults.csv", "defocused,serious", "defocused,warning", "camera cam-east picture"),
        ("states.csv", "lost,no packet", "streaming,no packet", "estate garden availability"),
        ("watched.csv", "1260,54.0", "1260,60.0", "facade east recording"),
        ("falls.csv", "pending", "verified", ""),
        ("planned.csv", "2026-02-28T04:00:00", "2026-03-01T04:00:00", "all  availability"),
        ("lines.csv", "2026-03-01T02:30:00+00:00,taken", "2026-03-01T02:01:00+00:00,taken", "all  mtta"),
    ],
)
def test_a_row_that_was_changed_is_found_by_its_digest_and_by_the_figures(
    name: str, old: str, new: str, figure: str
) -> None:
    wrong = ledger_file.check(repacked(ledger_file.packed(DAY, TARGETS, "how"), name, old, new))
    assert wrong[0] == f"{name} is not as it was exported"
    assert not figure or any(line.startswith(f"{figure}: the file says") for line in wrong)


def test_a_figure_that_was_made_prettier_is_found() -> None:
    content = ledger_file.packed(DAY, TARGETS, "how")
    wrong = ledger_file.check(
        repacked(
            content, "figures.csv", "facade,west,availability,39600.0", "facade,west,availability,43200.0"
        )
    )
    assert len(wrong) == 2
    assert "the file says 43200.0 / 43200.0, its rows give 39600.0 / 43200.0" in wrong[1]


def test_what_is_no_export_is_told_in_a_sentence() -> None:
    for content in (b"", b"PK", repacked(ledger_file.packed(DAY, {}, ""), "about.json", "as_of", "when")):
        with pytest.raises(ledger_file.NotALedger, match="no export of a ledger"):
            ledger_file.check(content)


def test_a_reason_that_a_spreadsheet_would_run_is_only_text() -> None:
    evil = replace(DAY, planned=(replace(DAY.planned[0], reason="=1+1"),))
    content = ledger_file.packed(evil, TARGETS, "how")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b",'=1+1," in archive.read("planned.csv")
    assert ledger_file.check(content) == ()
