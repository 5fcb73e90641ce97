"""Estates that nobody built: small random ones to trace rays in, and large ones to take the time of."""

from typing import Any

import numpy as np
from shapely import Point, Polygon

Thing = dict[str, Any]
NAME = {"zh": "试", "en": "Try"}


def small(seed: int, floors: tuple[int, int] = (4, 13), cameras: int = 6) -> Thing:
    """Four buildings turned anyhow, trees, a wall, cameras with all kinds of lenses, some masked."""
    rng = np.random.default_rng(seed)
    buildings = [_building(rng, number, floors) for number in range(4)]
    facades = [
        _facade(building, edge, int(rng.integers(3, 6)))
        for building in buildings
        for edge in range(1, len(building["footprint"]) + 1)
    ]
    occluders: list[Thing] = [_tree(rng) for _ in range(5)]
    start = rng.uniform(-40, 40, 2)
    end = start + rng.uniform(5, 20, 2)
    height = float(rng.uniform(2, 8))
    occluders.append({"kind": "wall", "line": [start.tolist(), end.tolist()], "height_m": height})
    hung: list[Thing] = []
    while len(hung) < cameras:
        camera = _camera(rng, len(hung))
        if not _stands_in(camera["mount"], buildings, occluders):
            hung.append(camera)
    return {
        "id": "try",
        "name": NAME,
        "coverage": {"cell_m": 10},
        "buildings": buildings,
        "occluders": occluders,
        "facades": facades,
        "agents": [{"id": "try-box", "name": NAME, "cameras": hung}],
    }


def _building(rng: np.random.Generator, number: int, floors: tuple[int, int]) -> Thing:
    middle = np.array([[-28, -26], [26, -28], [-26, 28], [28, 26]])[number] + rng.uniform(-6, 6, 2)
    long, deep = rng.uniform(14, 26), rng.uniform(9, 14)
    if rng.random() < 0.4:  # an L
        plan = np.array([[0, 0], [long, 0], [long, deep], [deep, deep], [deep, 2 * deep], [0, 2 * deep]])
    else:
        plan = np.array([[0, 0], [long, 0], [long, deep], [0, deep]])
    turn = rng.uniform(0, 2 * np.pi)
    plan = (plan - plan.mean(axis=0)) @ np.array(
        [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    )
    return {
        "id": f"b{number}",
        "footprint": (plan + middle).tolist(),
        "floors": int(rng.integers(*floors)),
        "storey_height_m": float(rng.uniform(2.7, 3.3)),
        "first_storey_height_m": float(rng.uniform(3, 5)),
        "roof": {"rise_m": float(rng.uniform(0, 3))},
        "balcony_depth_m": float(rng.uniform(0, 2)),
    }


def _facade(building: Thing, edge: int, bays: int) -> Thing:
    wall = {"building": building["id"], "edge": edge}
    name = f"{building['id']}-{edge}"
    return {
        "id": name, "building": building["id"], "name": NAME, "floors": building["floors"], "bays": bays,
        "wall": wall,
    }  # fmt: skip


def _tree(rng: np.random.Generator) -> Thing:
    return {
        "kind": "tree",
        "at": rng.uniform(-35, 35, 2).tolist(),
        "radius_m": float(rng.uniform(1, 4)),
        "height_m": float(rng.uniform(5, 14)),
        "trunk_m": float(rng.uniform(1, 3)),
    }


def _camera(rng: np.random.Generator, number: int) -> Thing:
    x, y = rng.uniform(-45, 45, 2)
    towards = rng.choice([-26, 26], 2) + rng.uniform(-10, 10, 2)
    height = float(rng.choice([rng.uniform(2, 8), rng.uniform(10, 45)]))
    way = np.array([*towards, rng.uniform(0, 30)]) - (x, y, height)
    lens: Thing = {"fov_deg": float(rng.uniform(30, 95)), "distortion": []}
    if rng.random() < 0.6:
        lens["distortion"] = [
            float(rng.uniform(-0.3, 0.05)), float(rng.uniform(0, 0.1)), *rng.uniform(-1e-3, 1e-3, 2).tolist()
        ]  # fmt: skip
        lens["centre"] = rng.uniform(0.45, 0.55, 2).tolist()
    if rng.random() < 0.5:
        lens = {**lens, "focal_mm": float(rng.uniform(3, 9)), "sensor_mm": [7.68, 4.32]}
        del lens["fov_deg"]
    return {
        "id": f"cam-{number}",
        "name": NAME,
        "mount": {
            "x_m": float(x),
            "y_m": float(y),
            "z_m": height,
            "yaw_deg": float(np.degrees(np.arctan2(way[0], way[1]))),
            "pitch_deg": float(np.degrees(np.arctan2(way[2], np.hypot(way[0], way[1])))),
            "roll_deg": float(rng.choice([0, 90, rng.uniform(-20, 20)])),
        },
        "lens": lens,
        "resolution": [3840, 2160] if rng.random() < 0.7 else [1920, 1080],
        "masks": [[[0.1, 0.1], [0.5, 0.15], [0.4, 0.6], [0.1, 0.5]]] if rng.random() < 0.4 else [],
    }


def _stands_in(mount: Thing, buildings: list[Thing], occluders: list[Thing]) -> bool:
    place = Point(mount["x_m"], mount["y_m"])
    near = any(Polygon(building["footprint"]).distance(place) < 0.5 for building in buildings)
    trees = [thing for thing in occluders if thing["kind"] == "tree"]
    return near or any(Point(tree["at"]).distance(place) < tree["radius_m"] + 0.2 for tree in trees)


def large(buildings: int, cameras: int, seed: int = 1, name: str = "") -> Thing:
    """A town of slabs with 18 to 33 floors in rows, trees between, cameras on poles and walls opposite.

    name: before each of its ids, so that several can stand in one database.
    """
    rng = np.random.default_rng(seed)
    wide = int(np.ceil(np.sqrt(buildings)))
    pitch = np.array([58.0, 54.0])
    corners = [np.array([number % wide, number // wide]) * pitch for number in range(buildings)]
    slabs = [_slab(rng, f"{name}t{number}", corner) for number, corner in enumerate(corners)]
    sides = ((1, 11), (2, 5), (3, 11), (4, 5))
    facades = [_facade(slab, edge, bays) for slab in slabs for edge, bays in sides]
    trees = [
        {
            "kind": "tree", "at": [x + slot + rng.uniform(-1, 1), y - rng.uniform(8, 28)],
            "radius_m": float(rng.uniform(1.5, 3)), "height_m": float(rng.uniform(5, 12)),
        }
        for x, y in corners
        for slot in (2, 13, 24)
    ]  # fmt: skip
    hung = [
        {"id": f"{name}cam-{number}", **_hung(rng, number, slabs[number % buildings])}
        for number in range(cameras)
    ]
    boxes = [
        {"id": f"{name}box-{first}", "name": NAME, "cameras": hung[first : first + 50]}
        for first in range(0, cameras, 50)
    ]
    return {
        "id": f"{name}town",
        "name": NAME,
        "buildings": slabs,
        "occluders": trees,
        "facades": facades,
        "agents": boxes,
    }


def _slab(rng: np.random.Generator, identity: str, corner: np.ndarray[Any, Any]) -> Thing:
    x, y = corner
    return {
        "id": identity,
        "footprint": [[x, y], [x + 33, y], [x + 33, y + 15], [x, y + 15]],
        "floors": int(rng.integers(18, 34)),
    }


def _hung(rng: np.random.Generator, number: int, slab: Thing) -> Thing:
    """Before the south or the north of a slab: on a pole, or on the wall opposite."""
    (x, y), tall = slab["footprint"][0], slab["floors"] * 3.0
    south = number % 2 == 0
    on_wall = rng.random() < 0.5
    off = 38.8 if on_wall else rng.uniform(8, 32)
    height = rng.uniform(0.2, 0.7) * tall if on_wall else rng.uniform(3, 8)
    across = rng.choice([7.5, 18.5, 30.0]) + rng.uniform(-0.8, 0.8)  # between the trees
    place = (x + across, y - off if south else y + 15 + off)
    rise = rng.uniform(0.3, 0.7) * tall - height
    return {
        "name": NAME,
        "mount": {
            "x_m": place[0],
            "y_m": place[1],
            "z_m": height,
            "yaw_deg": (0 if south else 180) + rng.uniform(-20, 20),
            "pitch_deg": float(np.degrees(np.arctan2(rise, off))),
            "roll_deg": 90,
        },
        "lens": {
            "focal_mm": float(rng.choice([4, 6, 8, 12])), "sensor_mm": [7.68, 4.32],
            "distortion": [-0.1, 0.01, 0.0002, -0.0001],
        },
        "resolution": [3840, 2160],
    }  # fmt: skip
