"""The bureau's figures: months add up, estates are ranked, draws can be repeated, records are full or not."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.core import months, ranking
from cloud.core.cell_history import Duty, Sight, history
from cloud.core.cells import FacadeCells, FacadeHistory
from cloud.core.equipment_record import Item, Paper, completeness, missing
from cloud.core.ledger import Outage
from cloud.core.months import CameraMonth, FacadeFigures, FacadeMonth, Lasting
from cloud.core.ranking import Counted, Place, Standing
from cloud.core.ranks import By, Order, badness, directory_key, ranked
from cloud.core.sampling import Unit, allotted, drawn, key_of

OCTOBER = date(2026, 10, 1)
BEGIN, END = months.span_of(OCTOBER)
DAY = timedelta(days=1)
GRID = FacadeCells(1, "east", 1, BEGIN, None, (1, 2), (1, 2), 3.0, 0.1)
LOW = np.array([[1, 1], [0, 0]], dtype=np.bool_)


def month(down: tuple[float, float], before: Lasting | None = None, grid: FacadeCells = GRID) -> FacadeMonth:
    """The lower floor is watched but from one day of the month to another; the upper never is."""
    off, on = (BEGIN + days * DAY for days in down)
    duty = Duty("one", ((BEGIN, off), (on, END)), (Outage(off, on, "covered"),))
    found = history((2, 2), [Sight("one", LOW, (BEGIN, END))], [duty], (BEGIN, END))
    return months.of_facade(FacadeHistory(grid, (), found, {}), before)


def test_months_are_those_of_shanghai() -> None:
    assert (BEGIN.astimezone(UTC), END.astimezone(UTC)) == (
        datetime(2026, 9, 30, 16, tzinfo=UTC),
        datetime(2026, 10, 31, 16, tzinfo=UTC),
    )
    assert months.month_of(datetime(2026, 9, 30, 16, tzinfo=UTC)) == OCTOBER
    assert (months.preceding(date(2026, 1, 9)), months.following(date(2026, 12, 9))) == (
        date(2025, 12, 1),
        date(2027, 1, 1),
    )


def test_a_month_is_counted_until_a_week_after_its_end() -> None:
    first, at = BEGIN + DAY, END + 3 * DAY
    november = months.following(OCTOBER)
    assert months.due(first, {}, at) == [OCTOBER, november]
    assert months.due(first, {OCTOBER: at - months.EVERY, november: at - months.EVERY}, at) == [november]
    assert months.due(first, {OCTOBER: at - months.ENDED_EVERY, november: at}, at) == [OCTOBER]
    assert months.due(first, {OCTOBER: END - DAY, november: at}, at) == [OCTOBER], "its end was not counted"
    assert months.due(first, {OCTOBER: END + 8 * DAY, november: END + 9 * DAY}, END + 10 * DAY) == [november]
    minute = timedelta(minutes=1)
    assert months.due(first, {OCTOBER: first + minute}, first + 2 * minute) == [OCTOBER], "it has just begun"


def test_a_facades_month_is_sums_of_cells_and_seconds() -> None:
    found = month((10, 20))
    assert found.due_cell_s == 4 * 31 * 86_400
    assert found.watched_cell_s == 2 * 21 * 86_400
    assert (found.cells, found.blind_cells) == (4, 2)
    assert [(one.camera, one.why, one.cell_s, one.since) for one in found.causes] == [
        ("one", "covered", 2 * 10 * 86_400, BEGIN + 10 * DAY)
    ]
    assert month((0, 20)).blind_cells == 4


def test_a_blind_spot_grows_older_than_a_month() -> None:
    first = month((10, 20))
    second = month((0, 1), first.lasting)
    assert second.oldest_blind_s == 62 * 86_400
    assert second.blind_longer_than(31 * 86_400) == 2
    ended = month((20, 31), month((20, 31)).lasting)
    assert ended.lasting.seconds[0].tolist() == [11 * 86_400] * 2


def test_a_blind_spot_keeps_its_age_when_floors_are_counted_anew() -> None:
    """Row by row: its floor was the upper one before and ended blind then; the other is new."""
    before = month((10, 20)).lasting
    found = month((0, 31), before, replace(GRID, floors=(2, 3)))
    assert found.lasting.seconds[:, 0].tolist() == [62 * 86_400, 31 * 86_400]


PLACES = (
    Place("east", "garden", "3", "东", "East", ("one",)),
    Place("west", "garden", "3", "西", "West", ("one", "two")),
    Place("north", "park", "1", "北", "North"),
)


LONG_S = 30 * 86_400


def counted(east: FacadeMonth, long_s: float = LONG_S) -> Counted:
    cameras = (CameraMonth("one", 100.0, 90.0, 81.0, 0, 0), CameraMonth("two", 100.0, 30.0, 30.0, 0, 0))
    late = {("garden", None, None): 3, ("garden", "3", None): 2, ("garden", "3", "east"): 2}
    return Counted({"east": FacadeFigures.of(east, long_s)}, {one.camera: one for one in cameras}, late, {})


def test_an_estate_is_the_sum_of_its_facades_and_of_its_cameras_each_once() -> None:
    found = ranking.standing(PLACES[:2], ["one", "one", "two"], counted(month((10, 20))), 3)
    assert found.value("blind") == pytest.approx(1 - 42 / 124)
    assert found.value("availability") == 120 / 200
    assert found.value("picture") == 111 / 120
    assert (found.facades, found.unmodelled, found.long_blind_cells, found.overdue) == (2, 1, 2, 3)


def test_a_building_is_the_sum_of_its_facades_and_of_the_cameras_that_see_them_each_once() -> None:
    rows = counted(month((10, 20)))
    found = ranking.review(OCTOBER, PLACES, {"garden": ["one", "two"], "park": []}, (rows, rows))
    before, after = found.buildings["garden", "3"]
    assert before == after
    assert (after.facades, after.unmodelled, after.overdue) == (2, 1, 2)
    assert after.value("blind") == found.estates["garden"][1].value("blind")
    assert after.figures["availability"] == ranking.Figure(120.0, 200.0)
    assert found.buildings["park", "1"][1].value("blind") is None


def stood(blind: float | None, online: float, overdue: int = 0, oldest_s: float = 0.0) -> Standing:
    figures: dict[ranking.Key, ranking.Figure] = {
        "blind": ranking.Figure(blind or 0.0, 0.0 if blind is None else 1.0),
        "availability": ranking.Figure(online, 1.0),
        "picture": ranking.Figure(1.0, 1.0),
    }
    cells = 0 if blind is None else 4
    return Standing(figures, 1, int(blind is None), cells, 0, 0, oldest_s, overdue)


RANKED = {
    "a": stood(0.1, 0.99, oldest_s=9.0),
    "b": stood(0.3, 0.99),
    "c": stood(0.3, 0.5, overdue=2),
    "d": stood(None, 0.7, overdue=9),
}
NAMES = {"a": "10 栋", "b": "阳光水岸", "c": "翠竹苑", "d": "9 栋"}


@pytest.mark.parametrize(
    ("by", "worst_first"),
    [
        ("blind", "cbad"),
        ("availability", "cdba"),
        ("picture", "cbad"),
        ("overdue", "dcba"),
        ("oldest", "acbd"),
        ("name", "dacb"),
    ],
)
def test_any_figure_can_lead_and_what_is_not_known_comes_last_either_way(by: By, worst_first: str) -> None:
    assert "".join(ranked(RANKED, NAMES, Order(by))) == worst_first
    turned = "".join(ranked(RANKED, NAMES, Order(by, is_reversed=True)))
    unknown = "d" if by in {"blind", "oldest"} else ""
    assert turned.endswith(unknown)
    sizes = [badness(RANKED[one], by) for one in turned.removesuffix(unknown)]
    assert by == "name" or sizes == sorted(sizes, key=lambda size: size or 0.0)


@given(st.permutations(sorted(RANKED)), st.builds(Order, st.sampled_from(get_args(By)), st.booleans()))
def test_the_same_rows_are_ranked_alike_however_they_came(given_as: list[str], order: Order) -> None:
    assert ranked({one: RANKED[one] for one in given_as}, NAMES, order) == ranked(RANKED, NAMES, order)


def test_names_stand_by_pinyin_and_numbers_by_their_size() -> None:
    names = ["锦绣花园", "阳光水岸", "翠竹苑", "和平里", "滨河 2 号", "滨河 10 号"]
    assert sorted(names, key=directory_key) == [
        *("滨河 2 号", "滨河 10 号", "翠竹苑", "和平里", "锦绣花园", "阳光水岸")
    ]


def test_what_changed_is_told_with_what_cost_most() -> None:
    before, after = counted(month((10, 11))), counted(month((10, 31)))
    both = [ranking.standing(PLACES[:2], ["one"], rows, 0) for rows in (before, after)]
    found = ranking.shifts(PLACES, {"garden": (both[0], both[1])}, (before, after))
    assert [(one.kind, one.facade) for one in found] == [("blind", None)]
    worse = replace(after.facades["east"], blind_cells=9)
    told = ranking.shifts(PLACES, {}, (before, replace(after, facades={"east": worse})))
    assert told[0].cause is not None
    assert (told[0].before, told[0].after, told[0].cause.why) == (2, 9, "covered")


sizes = st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 30), min_size=1)


@given(sizes, st.integers(0, 120), st.text(max_size=8))
def test_a_draw_takes_what_is_asked_and_of_each_estate_its_share(
    by_estate: dict[str, int], size: int, seed: str
) -> None:
    population = [Unit(estate, f"{estate}{n}") for estate, count in by_estate.items() for n in range(count)]
    picks = drawn(population, seed, size)
    assert picks == drawn(reversed(population), seed, size)
    assert len({pick.unit for pick in picks}) == len(picks) == min(size, len(population))
    places = allotted(by_estate, seed, size)
    assert all(places[estate] <= count for estate, count in by_estate.items())
    if size >= len(by_estate):
        assert all(places[estate] >= 1 for estate in by_estate)


def test_a_draw_can_be_repeated_by_hand() -> None:
    digests = {name: hashlib.sha256(f"20261101\ngarden\n{name}".encode()).hexdigest() for name in "abcd"}
    first = min(digests, key=lambda name: digests[name])
    (pick,) = drawn([Unit("garden", name) for name in "abcd"], "20261101", 1)
    assert (pick.unit.id, pick.key) == (first, digests[first])
    assert key_of("20261101", "garden") == hashlib.sha256(b"20261101\ngarden\n").hexdigest()


FULL = Item(
    "camera", "cam", "garden", "东", "East", "box", ("east",),
    maker="Example", model="E", serial="1", firmware="2.0", wanted_firmware="2.1",
    width_px=3840, height_px=2160, lon_deg=113.9, lat_deg=22.5, height_m=6.0,
    first_seen_at=BEGIN, networked=True,
    paper=Paper("三栋东侧灯杆", date(2026, 1, 1), "安装公司", "物业", "0755-1"),
)  # fmt: skip


def test_a_record_is_full_when_every_field_of_its_kind_is_there() -> None:
    assert missing(FULL) == ()
    assert missing(replace(FULL, serial="", height_px=None)) == ("serial", "resolution")
    sensor = Item("sensor", "s", "garden", "柜", "Box", "box", quantity="temperature", first_seen_at=BEGIN)
    entered = replace(FULL.paper, maker="Example", model="T", serial="9")
    assert "maker" in missing(sensor)
    assert missing(replace(sensor, paper=entered)) == ()


def test_the_share_of_full_records_is_told_with_its_parts() -> None:
    found = completeness([FULL, replace(FULL, id="other", serial="", networked=None, firmware="2.1 build 7")])
    assert (found.share, found.full, found.items) == (0.5, 1, 2)
    assert (found.networked, found.upgrades) == (1, 1)
    assert found.fields_due - found.fields_told == 1
    assert completeness([]).share is None
