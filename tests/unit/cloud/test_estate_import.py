"""Estates drawn elsewhere become estate files; what cannot be used is refused with what to do about it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import Polygon

from cloud.core.estate import Estate
from cloud.core.geometry import from_csv, from_geojson
from cloud.core.geometry.from_geojson import Asked, Draft
from cloud.core.geometry.georeference import Plane
from cloud.core.refused import Refused

ASKED = Asked("jinxiu", "锦绣花园", "Jinxiu Garden", local=True)
PLAIN = replace(ASKED, with_facades=False)
SQUARE = [[0, 0], [30, 0], [30, 14], [0, 14], [0, 0]]
NOT_MODELLED = (
    "it is not modelled: z, pitch, resolution, fov, or focal_mm and sensor_mm missing; it watches nothing yet"
)
HEIGHT_MISSING = (
    "neither its height nor its floors are given: add height (m) or floors, or say what to assume with"
    " --default-floors"
)


def feature(geometry: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": geometry, "coordinates": coordinates},
    }


def drawn(*features: dict[str, Any], asked: Asked = ASKED) -> Draft:
    return from_geojson.read({"type": "FeatureCollection", "features": list(features)}, asked)


def estate(draft: Draft) -> Estate:
    assert draft.refused == []
    return Estate.model_validate(draft.estate)


def test_a_degree_is_as_long_as_the_tables_say() -> None:
    """WGS 84 at 30° north: 110.852 km of latitude, 96.486 km of longitude."""
    plane = Plane(120.0, 30.0)
    ((_, south), (_, north)) = plane.metres(np.array([(120.0, 29.95), (120.0, 30.05)]))
    assert north - south == pytest.approx(11_085.2, abs=0.2)
    ((west, _), (east, _)) = plane.metres(np.array([(119.95, 30.0), (120.05, 30.0)]))
    assert east - west == pytest.approx(9_648.6, abs=0.2)


@given(
    lat=st.floats(-60, 60),
    place=st.tuples(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01)),
    moved=st.tuples(st.floats(-0.002, 0.002), st.floats(-0.002, 0.002)),
)
def test_distances_do_not_hang_on_where_the_origin_lies(
    lat: float, place: tuple[float, float], moved: tuple[float, float]
) -> None:
    start = np.array([113.0 + place[0], lat + place[1]])
    both = np.stack((start, start + moved))
    lengths = [
        float(np.hypot(*np.diff(plane.metres(both), axis=0)[0]))
        for plane in (Plane(113.0, lat), Plane(113.01, lat - 0.01))
    ]
    assert lengths[0] == pytest.approx(lengths[1], abs=0.005)


def test_openstreetmap_tags_become_buildings_trees_and_walls() -> None:
    degrees = Asked("e", "园", "E")
    ring = [[113.9, 22.5], [113.9004, 22.5], [113.9004, 22.5002], [113.9, 22.5002], [113.9, 22.5]]
    tags = {"building": "apartments", "addr:housenumber": "3", "building:levels": "18", "height": "54 m"}
    found = estate(
        drawn(
            feature("Polygon", [ring], **tags),
            feature("Point", [113.9002, 22.4999], natural="tree", height="9", diameter_crown="6"),
            feature("LineString", [[113.8999, 22.4998], [113.9005, 22.4998]], barrier="wall", height="2,4"),
            asked=degrees,
        )
    )
    (tower,) = found.buildings
    assert (tower.floors, tower.storey_height_m, tower.id) == (18, 3.0, "3")
    assert Polygon(tower.footprint).area == pytest.approx(41.16 * 22.15, rel=0.002)
    assert found.origin is not None
    assert found.origin.lat_deg == pytest.approx(22.5, abs=0.001)
    assert {each.kind: each.height_m for each in found.occluders} == {"tree": 9, "wall": 2.4}
    sides = ("south", "east", "north", "west")
    assert {facade.id for facade in found.facades} == {f"e-3-{side}" for side in sides}


@given(corners=st.lists(st.tuples(st.floats(4, 60), st.floats(0, 6.28)), min_size=4, max_size=9))
def test_any_outline_keeps_its_area_whichever_way_it_runs(corners: list[tuple[float, float]]) -> None:
    ring = [[r * np.cos(a), r * np.sin(a)] for r, a in sorted(corners, key=lambda each: each[1])]
    shape = Polygon(ring)
    assume(shape.is_valid and shape.area > 30)
    for way in (ring, ring[::-1]):
        draft = drawn(feature("Polygon", [[*way, way[0]]], name="1", floors=10), asked=PLAIN)
        (tower,) = estate(draft).buildings
        assert Polygon(tower.footprint).area == pytest.approx(shape.area, rel=0.03, abs=4)
        assert Polygon(tower.footprint).exterior.is_ccw


def test_what_shapefiles_bring_is_taken_with_a_word_about_it() -> None:
    draft = drawn(
        feature("MultiPolygon", [[SQUARE], [[[x + 50, y] for x, y in SQUARE]]], 名称="5 栋", 层数=20),
        feature(
            "Polygon",
            [[[x, y + 40] for x, y in SQUARE], [[10, 45], [20, 45], [20, 50], [10, 50], [10, 45]]],
            name="6",
            height=33,
        ),
        feature("Point", [60, 30, 7], kind="camera", name="cam 1", yaw=10),
    )
    found = estate(draft)
    assert [(tower.id, tower.floors) for tower in found.buildings] == [("5", 20), ("5-2", 20), ("6", 11)]
    assert [str(note) for note in draft.notes] == [
        "feature 1 (5 栋): its 2 parts become a building each",
        "feature 2 (6): its courtyard of 50 m² is filled: nothing inside of it is modelled",
        "feature 2 (6): 11 floors are taken from its height of 33 m",
        f"feature 3 (cam 1): {NOT_MODELLED}",
    ]
    assert found.agents[0].cameras[0].mount is None


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (feature("Polygon", [SQUARE], name="1"), "feature 1 (1): neither its height nor its floors"),
        (feature("Polygon", [SQUARE], floors=40, height=30), "40 floors in 30 m are 0.8 m each"),
        (feature("Polygon", [SQUARE], floors="many"), "its floors is 'many': write a number"),
        (feature("Polygon", [[[0, 0], [20, 20], [20, 0], [0, 20], [0, 0]]], floors=3), "crosses itself"),
        (feature("Point", [1, 1]), "nobody says what this Point is"),
        (feature("Point", [1, 1], kind="building"), "a building cannot be drawn as a Point"),
        ({"type": "Feature", "properties": {}, "geometry": None}, "it has no geometry"),
    ],
)
def test_what_cannot_be_used_is_refused_by_feature(one: dict[str, Any], said: str) -> None:
    draft = drawn(one, feature("Polygon", [[[x, y + 90] for x, y in SQUARE]], name="2", floors=9))
    (reason,) = draft.refused
    assert said in str(reason)
    assert [building["id"] for building in draft.estate["buildings"]] == ["2"]


def test_metres_taken_for_degrees_and_two_towns_are_refused() -> None:
    tower = feature("Polygon", [[[x + 5000, y] for x, y in SQUARE]], floors=3)
    with pytest.raises(Refused, match="say --local"):
        drawn(tower, asked=Asked("e", "园", "E"))
    far = [feature("Point", [113.9 + east, 22.5], kind="tree") for east in (0.0, 0.5)]
    with pytest.raises(Refused, match="one estate at a time"):
        drawn(*far, asked=Asked("e", "园", "E"))
    with pytest.raises(Refused, match="no GeoJSON"):
        from_geojson.read([], ASKED)


def test_a_table_of_sizes_becomes_buildings_where_it_says_and_turned_as_it_says() -> None:
    draft = from_csv.read(
        "楼栋;长;宽;层数;x;y;朝向\n3 栋;30;14;18;100;50;90\n\n4 栋;30,5;14;18;200;50;0\n", ASKED
    )
    third, fourth = estate(draft).buildings
    assert Polygon(third.footprint).bounds == pytest.approx((85, 43, 115, 57))
    assert Polygon(fourth.footprint).bounds == pytest.approx((193, 34.75, 207, 65.25))


def test_errors_of_a_table_name_the_line() -> None:
    head = "building,length,width,height,floors,x,y\n"
    draft = from_csv.read(f"{head}A,30,14,54,18,0,0\nB,abc,14,54,18,60,0\nC,30,14,,,120,0\n", ASKED)
    assert [str(reason) for reason in draft.refused] == [
        "line 3 (B): length is 'abc': write a number",
        f"line 4 (C): {HEIGHT_MISSING}",
    ]
    with pytest.raises(Refused, match="line 1: the header lacks width, x"):
        from_csv.read("building,length,y\nA,1,2\n", ASKED)
