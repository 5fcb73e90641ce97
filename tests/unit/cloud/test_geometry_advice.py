"""Advice closes what it says, is never farther from the best than its bound, and only hangs where it may."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cloud.core.estate import Estate
from cloud.core.geometry import build
from cloud.core.geometry.advice import advise, bounded, cover
from cloud.core.geometry.allowed import USUAL, spots
from cloud.core.geometry.survey import survey
from cloud.core.modelled import site

NAME = {"zh": "园", "en": "Court"}
OFFERS = [
    {"id": "4 mm", "lens": {"focal_mm": 4, "sensor_mm": [7.68, 4.32]}, "resolution": [3840, 2160], "cost": 2},
    {"id": "8 mm", "lens": {"focal_mm": 8, "sensor_mm": [7.68, 4.32]}, "resolution": [3840, 2160], "cost": 3},
]
POLES = [
    {"id": "south-1", "name": {"zh": "南杆 1", "en": "South pole 1"}, "at": [16, -45], "heights_m": [8]},
    {"id": "south-2", "name": {"zh": "南杆 2", "en": "South pole 2"}, "at": [30, -8], "cost": 1},
    {"id": "north-1", "name": {"zh": "北杆 1", "en": "North pole 1"}, "at": [16, 60], "heights_m": [8]},
]


def court(**more: Any) -> Estate:
    """A tower of 18 floors without a camera, with a facade to the south."""
    facade = {"id": "south", "building": "1", "name": NAME, "floors": 18, "bays": 9}
    estate = {
        "id": "e",
        "name": NAME,
        "buildings": [{"id": "b", "footprint": [[0, 0], [32, 0], [32, 14], [0, 14]], "floors": 18}],
        "facades": [{**facade, "wall": {"building": "b", "edge": 1}}],
        "allowed": {"poles": POLES, "offers": OFFERS},
    }
    return Estate.model_validate({**estate, **more})


sets = st.lists(st.sets(st.integers(0, 9), min_size=1), min_size=1, max_size=9)


@settings(max_examples=60, deadline=None)
@given(sets=sets, seed=st.integers(0, 1000))
def test_greedy_is_within_its_bound_of_the_cheapest_cover(sets: list[set[int]], seed: int) -> None:
    costs = np.random.default_rng(seed).integers(1, 6, len(sets)).astype(float).tolist()
    arrays = [np.array(sorted(each)) for each in sets]
    done = cover(arrays, costs)
    bound = bounded(arrays, costs, done)
    wanted = set().union(*sets)
    assert set().union(*(sets[number] for number in done.order)) == wanted
    cheapest = min(
        sum(costs[number] for number in some)
        for count in range(1, len(sets) + 1)
        for some in combinations(range(len(sets)), count)
        if set().union(*(sets[number] for number in some)) == wanted
    )
    assert bound.least <= cheapest + 1e-9
    assert bound.cost == pytest.approx(sum(costs[number] for number in done.order))
    assert bound.cost <= bound.factor * cheapest + 1e-9
    assert bound.cost / bound.least <= bound.harmonic + 1e-9


def test_what_advice_closes_is_watched_once_the_cameras_hang_there() -> None:
    estate = court()
    found = survey(site(estate))
    assert estate.allowed is not None
    advice = advise(found, spots(estate.allowed, estate.buildings), estate.allowed.offers)
    assert advice.before == {"south": found.verdict("south").reason.size}
    assert advice.steps[0].camera.spot.en == "South pole 1"  # nearer is too steep for the upper floors
    for number, step in enumerate(advice.steps):
        each = step.camera
        found = found.with_camera(
            build.camera(f"new-{number}", each.mount, each.offer.lens, each.offer.resolution)
        )
        assert int((~found.verdict("south").watched).sum()) == step.left
    assert advice.after == {"south": advice.steps[-1].left}
    assert {step.camera.spot.en for step in advice.steps} <= {"South pole 1", "South pole 2"}


def test_no_more_cameras_and_no_more_cost_than_asked() -> None:
    estate = court()
    assert estate.allowed is not None
    found, places = survey(site(estate)), spots(estate.allowed, estate.buildings)
    one = advise(found, places, estate.allowed.offers, most=1)
    assert len(one.steps) == 1
    thrifty = advise(found, places, estate.allowed.offers, budget=one.steps[0].camera.cost - 0.5)
    assert thrifty.steps == ()
    assert thrifty.after == thrifty.before


def test_where_nothing_is_blind_nothing_is_advised() -> None:
    estate = court(facades=())
    assert estate.allowed is not None
    advice = advise(survey(site(estate)), spots(estate.allowed, estate.buildings), USUAL)
    assert (advice.steps, advice.before, advice.bound.factor) == ((), {}, 1.0)


def test_walls_offer_places_before_them_whichever_way_the_footprint_runs() -> None:
    for footprint, edge in (
        ([[0, 0], [32, 0], [32, 14], [0, 14]], 1),
        ([[0, 14], [32, 14], [32, 0], [0, 0]], 3),
    ):
        building = {"id": "b", "footprint": footprint, "floors": 18}
        side = {"building": "b", "edge": edge, "heights_m": [20], "every_m": 16}
        estate = court(buildings=[building], facades=(), allowed={"sides": [side], "offers": OFFERS})
        assert {spot.place_m for spot in spots(estate.allowed, estate.buildings)} == {
            (8.0, -0.2, 20.0),
            (24.0, -0.2, 20.0),
        }
        assert spots(estate.allowed, estate.buildings)[0].zh == "b 南墙"
    assert len(spots(None, court().buildings)) == 3 * (2 + 1 + 2 + 1)


@pytest.mark.parametrize(
    ("allowed", "said"),
    [
        ({"offers": OFFERS}, "neither poles nor sides"),
        ({"poles": POLES, "offers": [{**OFFERS[0], "cost": 0}]}, "cost nothing"),
        ({"sides": [{"building": "c"}], "offers": OFFERS}, "names building c"),
        ({"sides": [{"building": "b", "edge": 5}], "offers": OFFERS}, "names edge 5 of building b"),
        ({"sides": [{"building": "b", "heights_m": [70]}], "offers": OFFERS}, "70 m.*is 54.0 m high"),
    ],
)
def test_what_cannot_be_allowed_is_said(allowed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        court(allowed=allowed)
