"""What a certificate counts and says, from plain rows."""

# ruff: noqa: RUF001 - Chinese ranges have a dash of their own

from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import array_shapes, arrays

from cloud.core.camera_duty import duties
from cloud.core.cell_history import History
from cloud.core.certificate import counting, words
from cloud.core.certificate.attesting import State
from cloud.core.certificate.comparing import differences
from cloud.core.certificate.content import SEEN, Certificate, Content
from cloud.core.certificate.regions import named, regions
from cloud.core.geometry.looking import Reason
from cloud.core.watched import MINUTE
from cloud.core.words import BEIJING
from cloud.evidence.certificate.paper import Chain, OfDay
from cloud.evidence.certificate.paper.__main__ import paper
from cloud.evidence.certificate.paper.view import view
from tests.fixtures.certificates import BEGIN, DAY, END, HOUR, busy

FACADE = "yunting-5-south"


@cache
def october() -> Content:
    return busy([FACADE, "yunting-1-south"])


def test_the_sign_of_a_watched_cell_is_the_surveys() -> None:
    assert int(SEEN) == Reason.WATCHED


def test_its_figures_are_those_of_the_history() -> None:
    content = october()
    of = counting.figures(content).facades[1]
    history = counting.history_of(content.facades[1], duties(content.raw, content.doubts, content.least_s))
    assert isinstance(history, History)
    assert of.facade == FACADE
    assert of.watched_ms == round(history.watched_s.sum() * 1000)
    assert of.share == history.share
    assert [day.watched_ms / day.due_ms for day in of.days] == history.shares(counting.midnights(BEGIN, END))
    assert np.array_equal(np.array(of.longest_blind_ms), np.rint(history.longest_blind_s * 1000))


def test_a_day_of_the_fault_has_a_loss_with_its_cause_and_the_announced_maintenance_costs_nothing() -> None:
    of = counting.figures(october()).facades[1]
    assert [
        (loss.begin - BEGIN, loss.end - loss.begin, dict(loss.causes)["cam-1n-5s"]) for loss in of.losses
    ] == [(5 * DAY + 3 * HOUR, 26 * HOUR, "no_power")]
    assert of.due_ms == (END - BEGIN) // timedelta(milliseconds=1) * of.cells


def test_the_same_rows_make_the_same_text_which_reads_back_as_it_was() -> None:
    content = october()
    certificate = Certificate(content=content, figures=counting.figures(content))
    again = Certificate.model_validate_json(certificate.text())
    assert again.text() == certificate.text()
    assert differences(again.content, again.figures, counting.figures(again.content)) == ()


@given(at=some.integers(0, (END - BEGIN) // MINUTE - 1))
def test_any_minute_that_is_taken_from_a_cameras_rows_is_named(at: int) -> None:
    content = october()
    told, minute = counting.figures(content), BEGIN + at * MINUTE
    raw = content.raw
    runs = []
    for run in raw.watched:
        if run.camera != "cam-1n-5s" or not run.begin <= minute < run.end:
            runs.append(run)
            continue
        before = (minute - run.begin) // MINUTE
        runs += [
            replace(run, minutes=before),
            replace(run, begin=minute + MINUTE, minutes=run.minutes - before - 1),
        ]
    changed = content.model_copy(update={"raw": replace(raw, watched=tuple(r for r in runs if r.minutes))})
    found = differences(changed, told, counting.figures(changed))
    was_up = len(runs) != len(raw.watched)
    is_late = minute + 3 * MINUTE > END
    assert not was_up or is_late or any(words.instant(minute) in said.zh for said in found), found


def test_a_span_is_cut_at_chinas_midnights() -> None:
    edges = counting.midnights(BEGIN + HOUR, BEGIN + 2 * DAY)
    assert [end - begin for begin, end in pairwise(edges)] == [23 * HOUR, DAY]


@given(cells=arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12)))
def test_regions_hold_every_cell_once_and_no_other(cells: np.ndarray) -> None:
    counted = np.zeros(cells.shape, dtype=int)
    for region in regions(cells):
        rows = slice(region.first_row, region.last_row + 1)
        counted[rows, region.first_column : region.last_column + 1] += 1
    assert np.array_equal(counted, cells.astype(int))


def test_a_region_is_called_by_floors_and_bays() -> None:
    cells = np.zeros((4, 3), dtype=bool)
    cells[2:, 1:] = True
    (found,) = regions(cells)
    assert named(found, (1, 1, 2, 3), (1, 2, 3)) == "2–3 层第 2–3 开间"


@given(share=some.floats(0, 1))
def test_no_share_but_all_is_told_as_all(share: float) -> None:
    assert (words.share(share) == "100.0%") == (share == 1)


def test_cameras_whose_state_may_not_be_seen_are_not_counted_and_that_is_said() -> None:
    whole = october()
    (gone, *rest) = whole.raw.cameras
    less = whole.model_copy(update={"raw": replace(whole.raw, cameras=tuple(rest))})
    assert (whole.elsewhere, less.elsewhere) == (0, 1)
    counted = counting.figures(less)
    assert (counted.share or 0) < (counting.figures(whole).share or 0), gone.id
    text = Certificate(content=less, figures=counted)
    told = view(text, text.text(), CHAIN)
    assert any("另有 1 台他小区的摄像机" in said for said in told["said"])
    assert "Not counted: 1 cameras" in told["english"]


CHAIN = Chain(head=1, size=9, root="ab" * 32, at=END, stamped_at=END, lines=0, days=(), contradictions=())


def set_on_paper(content: Content) -> bytes:
    certificate = Certificate(content=content, figures=counting.figures(content))
    return paper(certificate.text(), CHAIN)


def test_the_same_certificate_makes_the_same_paper() -> None:
    assert set_on_paper(october()) == set_on_paper(october())


def test_what_nobody_has_modelled_and_a_single_cell_can_be_set_on_paper_too() -> None:
    whole = october()
    facade = whole.facades[1]
    one = facade.model_copy(
        update={
            "floors": facade.floors[:1],
            "bays": facade.bays[:1],
            "sights": tuple(
                sight.model_copy(update={"rows": ("5",), "px_per_m": ((40.0,),)}) for sight in facade.sights
            ),
        }
    )
    nothing = {"facades": (), "not_modelled": (facade.name,), "plan": None}
    for changes in (nothing, {"facades": (one,), "cell": (1, 1)}):
        assert set_on_paper(whole.model_copy(update=changes)).startswith(b"%PDF")


def of_day(number: int, state: State, late: int = 0, *differences: str) -> OfDay:
    day = BEGIN.astimezone(BEIJING).date() + number * DAY
    closed_at = None if state == "unclosed" else BEGIN + (number + 1) * DAY + 2 * HOUR
    entries = () if closed_at is None else (number + 1,)
    return OfDay(
        estate="yunting",
        day=day,
        within=True,
        state=state,
        late=late,
        closed_at=closed_at,
        entries=entries,
        differences=differences,
    )


def test_days_of_which_the_same_is_to_be_said_are_one_line_and_what_differs_comes_first() -> None:
    days = (
        *(of_day(0, "agrees"), of_day(1, "agrees"), of_day(2, "late", 3)),
        *(of_day(3, "differs", 0, "一分钟"), of_day(4, "unclosed")),
    )
    certificate = Certificate(content=october(), figures=counting.figures(october()))
    told = view(certificate, b"", CHAIN.model_copy(update={"days": days}))
    assert told["warnings"] == ["一分钟"]
    assert [line[1:] for line in told["digests"]] == [
        ["2026-10-01 至 2026-10-02，2 天", "一致", "第 1 至 2 条，共 2 条"],
        ["2026-10-03", "一致，补报 3 条", "第 3 条"],
        ["2026-10-04", "与日志不符", "第 4 条"],
        ["2026-10-05", "尚无日摘要", "—"],
    ]
    late = (of_day(0, "agrees").model_copy(update={"closed_at": BEGIN + 9 * DAY}),)
    (line,) = view(certificate, b"", CHAIN.model_copy(update={"days": late}))["digests"]
    assert line[2] == "一致，2026 年 10 月 10 日才入日志"
