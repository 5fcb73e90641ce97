"""From kept sights to a facade's history, across plans; which cameras a new plan concerns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from cloud.core import modelled, plan
from cloud.core.camera_duty import Doubt
from cloud.core.cells import CameraSight, FacadeCells, Fineness, Kept, fitted, histories, looks, present
from cloud.core.estate import Estate
from cloud.core.geometry.looking import Reason
from cloud.core.ledger import Camera, Raw, StateChange
from cloud.core.watched import Watched
from contracts.devices import DesiredCamera
from tests.fixtures.coverage import garden, mount

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = BEGIN + timedelta(hours=1)
GRID = FacadeCells(1, "east", 1, BEGIN, None, (1, 2, 3), (1, 2), 3.0, 0.1)
RAW = Raw(
    BEGIN,
    END,
    END + timedelta(hours=1),
    cameras=(Camera("cam-east", "", "box-a", "garden", ("east",), BEGIN),),
    states=(StateChange("cam-east", BEGIN, "streaming", ""),),
    watched=(Watched("cam-east", BEGIN, 60, 60.0),),
)


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def sight(watched: list[list[int]], **more: Any) -> CameraSight:
    reason = np.where(np.array(watched) == 1, Reason.WATCHED, Reason.TOO_STEEP).astype(np.uint8)
    kept = CameraSight(
        "cam-east", "east", 1, 1, BEGIN, None, reason, Fineness(*[reason.astype(np.float32)] * 3)
    )
    return replace(kept, **more)


def test_a_history_follows_from_what_is_kept() -> None:
    (found,) = histories(Kept(RAW, (GRID,), (sight([[1, 1], [1, 0], [0, 0]]),))).values()
    assert found.history.watched_s.tolist() == [[3600, 3600], [3600, 0], [0, 0]]
    doubted = Kept(RAW, (GRID,), (sight([[1, 1], [1, 0], [0, 0]]),), (Doubt("cam-east", at(20), None),))
    assert histories(doubted)["east"].history.watched_s[0, 0] == 20 * 60


def test_the_present_is_the_end_of_the_history() -> None:
    sights = (
        sight([[1, 1], [1, 0], [0, 0]], ends_at=at(50)),
        sight([[0, 0], [1, 1], [0, 0]], begins_at=at(50)),
    )
    for doubts in ((), (Doubt("cam-east", at(20), None),)):
        kept = Kept(RAW, (GRID,), sights, doubts)
        whole, now = histories(kept)["east"], present(kept)["east"]
        assert (now.blind, now.lost, now.standing) == (whole.blind, whole.lost, whole.standing)
        assert now.history.watched[-1].tolist() == whole.history.watched[-1].tolist()
        assert len(now.history.lengths_s) == 1


def test_a_facade_has_a_history_since_it_is_modelled_and_while_it_is() -> None:
    later = replace(GRID, begins_at=at(20))
    found = histories(Kept(RAW, (later,), (sight([[1, 1]] * 3, begins_at=at(30)),)))["east"].history
    assert (found.cuts[0], found.share) == (at(20), 0.75)
    assert histories(Kept(RAW, (replace(GRID, ends_at=at(30)),))) == {}


def test_a_sight_of_an_older_plan_counts_in_the_cells_of_the_newer() -> None:
    """A floor is divided in two, another is added; bays stay."""
    newer = replace(GRID, id=2, plan=2, begins_at=at(30), floors=(1, 1, 2, 3, 4))
    old = sight([[1, 1], [1, 0], [0, 0]], ends_at=at(30))
    new = sight([[1, 1]] * 5, begins_at=at(30), grid=2, plan=2)
    found = histories(Kept(RAW, (replace(GRID, ends_at=at(30)), newer), (old, new)))["east"]
    halves = [[2, 2], [2, 2], [2, 1], [1, 1], [1, 1]]
    assert (found.history.watched_s / 1800).tolist() == halves
    assert [one.begins_at for one in found.standing] == [at(30)]
    back = fitted(new, newer, GRID)
    assert back.reason.shape == (3, 2)


def test_only_cameras_that_a_change_concerns_are_stale() -> None:
    before = plan.content(plan.plan_of(garden()))
    assert plan.stale(before, before) == set()
    turned = plan.content(plan.plan_of(garden(mount=mount(4.0, yaw_deg=280))))
    assert plan.stale(before, turned) == plan.moved(before, turned) == {"cam-east"}
    masked = plan.content(plan.plan_of(garden(masks=[[[0, 0], [1, 0], [1, 1]]])))
    assert plan.stale(before, masked) == {"cam-east"}
    assert plan.moved(before, masked) == set(), "a mask says nothing of where it looks"
    finer = before | {"coverage": {**before["coverage"], "object_m": 0.05}}
    assert plan.stale(before, finer) == {"cam-east", "cam-west", "cam-other"}


def test_a_plan_is_read_as_it_was_kept_with_what_was_the_default_then() -> None:
    kept = plan.plan_of(garden())
    content = plan.content(kept)
    read = Estate.model_validate(content)
    assert (read, plan.digest(plan.content(read))) == (kept, plan.digest(content))
    assert content["coverage"]["object_m"] == 0.1


def test_what_operators_mask_is_not_watched() -> None:
    kept = plan.plan_of(garden())
    left = ((0.0, 0.0), (960.0, 0.0), (960.0, 1080.0), (0.0, 1080.0))
    crossed = ((0.0, 0.0), (9.0, 9.0), (0.0, 9.0), (9.0, 0.0))
    wish = DesiredCamera(camera="cam-east", picture=(1920, 1080), masks=(left, crossed))
    watched = []
    for each in (kept, plan.masked(kept, [wish])):
        site = modelled.site(each)
        (seen,) = looks(site, site.cameras["cam-east"])
        watched.append(seen.reason == Reason.WATCHED)
    assert watched[1].sum() < 0.7 * watched[0].sum()
    assert not (watched[1] & ~watched[0]).any()
