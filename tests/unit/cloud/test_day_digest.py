"""What a finished day was stands in the log; what comes late only adds, and all else is a difference."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest

from cloud.core.certificate import attesting
from cloud.core.certificate.content import Content, Line
from cloud.core.day_digest import rows, tables
from cloud.core.day_digest.attested import Entry, OfPart, Said, attested
from cloud.core.day_digest.comparing import Compared, compare, folded, is_rehung, keys, within
from cloud.core.day_digest.facts import Book, Parts, Row, day_of, digest, facts, read, text, window
from cloud.core.day_digest.tables import PLANNED, STATE
from cloud.core.day_digest.wording import said
from cloud.core.watched import MINUTE, Watched
from tests.fixtures.certificates import busy

DAY = date(2026, 10, 1)
BEGIN, END = window(DAY)
HOUR = timedelta(hours=1)
CAMERA = "camera/cam"


@dataclass(frozen=True)
class Fault:
    """A fault as a row has it."""

    since: datetime
    cleared_at: datetime | None
    severity: str = "serious"
    id: str = "f1"
    subject_type: str = "camera"
    subject: str = "cam"
    kind: str = "covered"
    reason: str = "a leaf"


def state(since: datetime, told: str = "streaming") -> Row:
    return Row(CAMERA, STATE, ("cam", since, told, ""))


def watched(begin: datetime, minutes: int, watched_s: float = 60) -> Book:
    return Book(minutes={"cam": [Watched("cam", begin, minutes, watched_s)]})


def of(*found: Row) -> Parts:
    return facts(Book(found), (BEGIN, END))


def held(was: Parts, book: Book, **severities: str) -> Compared:
    """Rows as they are now, held against what the log says."""
    return compare(was, facts(book, (BEGIN, END), keys(*was.values())), severities, BEGIN)


def test_a_day_is_lines_that_anybody_can_write_and_hash() -> None:
    told = text(of(rows.fault(Fault(BEGIN + HOUR, END + HOUR)), state(BEGIN - HOUR))[CAMERA])
    assert told == (
        '["fault","f1","camera","cam","covered","2026-09-30T17:00:00.000000Z",null,"serious",null]\n'
        '["state","cam","2026-09-30T15:00:00.000000Z","streaming",""]\n'
    )
    assert digest(told) == "1bc0dd8873645bf24107eab6d7a16cb945703e48b3689fceaf1d6e58a3a445cf"
    assert text(read(told)) == told


def test_minutes_are_told_as_runs_within_the_day_however_they_are_kept() -> None:
    parts = [Watched("cam", BEGIN - HOUR, 90, 60.0), Watched("cam", BEGIN + HOUR / 2, 30, 60.0)]
    assert facts(Book(minutes={"cam": parts}), (BEGIN, END)) == facts(watched(BEGIN, 60), (BEGIN, END))


def test_how_a_fault_went_on_after_the_day_is_no_matter_of_it() -> None:
    open_, over = Fault(BEGIN + HOUR, None), Fault(BEGIN + HOUR, END + HOUR)
    assert of(rows.fault(open_)) == of(rows.fault(over))
    assert of(rows.fault(replace(over, cleared_at=BEGIN + 2 * HOUR))) != of(rows.fault(over))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (Book(), watched(BEGIN, 5)),
        (watched(BEGIN, 5, 20.0), watched(BEGIN, 5, 55.0)),
        (Book(), Book((state(BEGIN + HOUR),))),
        (Book(), Book((rows.fault(Fault(BEGIN + HOUR, None)),))),
        (
            Book((rows.fault(Fault(BEGIN + HOUR, None)),)),
            Book((rows.fault(Fault(BEGIN + HOUR, BEGIN + 2 * HOUR)),)),
        ),
        # Its end was told so late that the day was closed as if it went on.
        (
            Book((rows.fault(Fault(BEGIN - 9 * HOUR, None)),)),
            Book((rows.fault(Fault(BEGIN - 9 * HOUR, BEGIN - HOUR)),)),
        ),
        # A later state before the day: what it was found in is not what it began with.
        (Book((state(BEGIN - 9 * HOUR),)), Book((state(BEGIN - 9 * HOUR), state(BEGIN - HOUR, "lost")))),
    ],
)
def test_what_is_delivered_late_only_adds_and_is_no_difference(was: Book, now: Book) -> None:
    closed = facts(was, (BEGIN, END))
    found = held(closed, now)
    assert not found.differences
    assert found.added
    entries = [closed, found.lines]
    then = {part: folded(entry.get(part, ()) for entry in entries) for part in {*closed, *found.lines}}
    again = held(then, now)
    assert not again.added, "the day is told whole by its two entries"
    assert not again.differences


def line(at: datetime, by: str) -> Row:
    return rows.fault_line(("camera", "cam"), "f1", Line(at=at, what="acknowledged", by=by, note=""))


PLAN = Row("estate", PLANNED, ("e", None, BEGIN + HOUR, BEGIN + 2 * HOUR, BEGIN, "li", ""))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (watched(BEGIN, 5, 55.0), watched(BEGIN, 5, 20.0)),
        (watched(BEGIN, 5), watched(BEGIN, 4)),
        (Book((state(BEGIN + HOUR),)), Book()),
        (Book((state(BEGIN - HOUR),)), Book((state(BEGIN - 2 * HOUR),))),
        (Book((rows.fault(Fault(BEGIN + HOUR, None)),)), Book((rows.fault(Fault(BEGIN + 2 * HOUR, None)),))),
        (
            Book((rows.fault(Fault(BEGIN + HOUR, BEGIN + 3 * HOUR)),)),
            Book((rows.fault(Fault(BEGIN + HOUR, BEGIN + 2 * HOUR)),)),
        ),
        (
            Book((rows.fault(Fault(BEGIN + HOUR, None)),)),
            Book((rows.fault(Fault(BEGIN + HOUR, None, "warning")),)),
        ),
        (Book((rows.fault(Fault(BEGIN + HOUR, None)),)), Book()),
        # What people enter is entered at once: none of it comes late.
        (Book(), Book((line(BEGIN + HOUR, "li"),))),
        (Book(), Book((PLAN,))),
    ],
)
def test_what_takes_away_or_changes_or_could_not_come_late_is_a_difference(was: Book, now: Book) -> None:
    closed = facts(was, (BEGIN, END))
    found = held(closed, now)
    assert found.differences
    for each in found.differences:
        assert str(DAY) in said(DAY, each).en


def test_a_fault_that_goes_on_may_grow_graver_as_its_history_says() -> None:
    closed = of(rows.fault(Fault(BEGIN + HOUR, None, "warning")))
    now = Book((rows.fault(Fault(BEGIN + HOUR, None, "critical")),))
    assert held(closed, now).differences
    assert held(closed, now, f1="critical") == Compared((), ())


def test_a_later_entry_that_says_otherwise_is_not_believed() -> None:
    first = of(rows.fault(Fault(BEGIN + HOUR, BEGIN + 3 * HOUR)))[CAMERA]
    second = of(rows.fault(Fault(BEGIN + HOUR, BEGIN + 2 * HOUR)))[CAMERA]
    assert folded([first, second]) == first


def test_only_the_part_of_a_day_that_is_asked_for_is_told() -> None:
    lines = of(state(BEGIN - HOUR), state(BEGIN + HOUR, "lost"), rows.fault(Fault(BEGIN, BEGIN + HOUR)))
    lines[CAMERA] |= facts(watched(BEGIN, 120), (BEGIN, END))[CAMERA]
    cut = within(lines[CAMERA], (BEGIN + 1.5 * HOUR, BEGIN + 3 * HOUR))
    assert {(fact[0], fact[-2 if fact[0] != "minutes" else 3]) for fact in cut} == {
        ("state", "lost"),
        ("minutes", 30),
    }


def entry(number: int, told: Parts, day: date = DAY, estate: str = "e") -> Entry:
    kept = {part: text(lines) for part, lines in told.items()}
    parts = {part: OfPart(lines=len(told[part]), sha256=digest(each)) for part, each in kept.items()}
    return Entry(Said(estate=estate, day=day, number=number, closed_at=END, parts=parts), kept)


def test_lines_that_have_not_the_digest_of_the_log_attest_nothing() -> None:
    good = entry(0, of(state(BEGIN)))
    assert not attested("e", DAY, [good]).doubts
    assert good.facts is not None
    forged = replace(good, facts={CAMERA: good.facts[CAMERA].replace("streaming", "lost")})
    for wrong in (forged, replace(good, facts=None)):
        found = attested("e", DAY, [wrong])
        assert found.doubted == {CAMERA}
        assert not found.parts


def test_a_day_that_was_closed_twice_or_is_another_is_doubted() -> None:
    good = entry(0, of(state(BEGIN)))
    for told in ([good, good], [entry(1, {})], [entry(0, {}, DAY + timedelta(days=1))], [Entry(None, {})]):
        assert attested("e", DAY, told).doubts


def closed_of(content: Content) -> dict[date, Entry]:
    """Its days as a service would have closed them that had these rows and no more."""
    book = attesting.book(content, content.estate.id)
    return {
        day: entry(0, facts(book, window(day)), day, content.estate.id) for _, day in attesting.days(content)
    }


def test_a_certificates_rows_agree_with_days_that_were_closed_of_them_and_a_minute_less_does_not() -> None:
    content = busy(["yunting-5-south"])
    days, judge = closed_of(content), attesting.Judge(content)
    for day, told in days.items():
        judged = judge.judged(content.estate.id, day, [told], [])
        assert judged == attesting.Judged("agrees", 0, ())
    run = content.raw.watched[0]
    fewer = replace(content.raw, watched=(replace(run, minutes=run.minutes - 1), *content.raw.watched[1:]))
    lacking = content.model_copy(update={"raw": fewer})
    lost = day_of(run.end - MINUTE)
    judged = attesting.Judge(lacking).judged(content.estate.id, lost, [days[lost]], [])
    assert judged.state == "differs"
    assert f"camera/{run.camera} {lost} minutes" in judged.differences[0].en


def test_cameras_of_another_estate_parts_of_days_and_single_cells_are_held_against_the_log_too() -> None:
    whole = busy(["yunting-5-south"])
    first, *rest = whole.raw.cameras
    cameras = (replace(first, estate="next"), *rest)
    cut = {"begin": whole.begin + 10.5 * HOUR, "end": whole.end - 3.25 * HOUR, "cell": (3, 2)}
    shared = whole.model_copy(update={"raw": replace(whole.raw, cameras=cameras)})
    part = shared.model_copy(update=cut)
    states = set()
    for estate in ("next", whole.estate.id):
        book = attesting.book(shared, estate)
        for content in (shared, part):
            judge = attesting.Judge(content)
            for day in [day for of, day in attesting.days(content) if of == estate]:
                told = entry(0, facts(book, window(day)), day, estate)
                judged = judge.judged(estate, day, [told], [])
                assert not judged.differences
                states.add(judged.state)
    assert states == {"agrees"}


def test_a_camera_that_hangs_on_another_box_now_is_told_and_is_no_alarm() -> None:
    was, now = (
        facts(Book((Row(CAMERA, tables.CAMERA, ("cam", box, BEGIN)),)), (BEGIN, END)) for box in ("a", "b")
    )
    (found,) = compare(was, now, {}, BEGIN).differences
    assert is_rehung(found)
    assert said(DAY, found).en == "camera/cam 2026-10-01 camera cam: agent is b, the log says a"


def test_a_camera_that_reports_only_later_is_no_matter_of_the_days_before() -> None:
    old, new = (
        Row(f"camera/{name}", tables.CAMERA, (name, "box", since))
        for name, since in (("a", BEGIN), ("b", END))
    )
    assert held(of(old), Book((old, new))) == Compared((), ())
    (found,) = held(of(old), Book((replace(old, values=("a", "box", END)),))).differences
    assert "first_seen_at is —" in said(DAY, found).en
