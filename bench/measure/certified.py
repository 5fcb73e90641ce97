"""A month of an estate in a database, made without its devices: what a certificate of it is counted from."""

import math
from datetime import datetime, timedelta
from typing import Final

import psycopg

from cloud.core.estate import Estate, EstateFile, Facade
from cloud.core.geometry.parts import Wall
from cloud.store import audit, plans, pool, registry
from cloud.store.audit import Act
from tests.fixtures.certificates import example

FAULT_EVERY: Final = timedelta(days=3)
FAULT_LASTS: Final = timedelta(minutes=47)
SHORT_EVERY: Final = timedelta(hours=7)
"""A minute of which a camera recorded too little."""
MINUTE: Final = timedelta(minutes=1)
KINDS: Final = ("covered", "defocused", "dark", "frozen")
SIDES: Final = (2, 4)


def estate(facades: int) -> Estate:
    """The example with the narrow sides of its towers as well, until it has so many facades."""
    found = example()
    own = [facade for facade in found.facades if facade.wall is not None]
    name = own[0].name
    own += [
        Facade(
            id=f"{building.id}-side-{edge}",
            building=building.id,
            name=name.model_copy(update={"zh": f"{building.id} 侧立面 {edge}"}),
            floors=building.floors,
            bays=5,
            wall=Wall(building=building.id, edge=edge),
        )
        for building in found.buildings
        for edge in (SIDES if len(building.footprint) == 4 else ())
    ]
    if len(own) < facades:
        raise ValueError(f"the example has {len(own)} walls to make facades of")
    return found.model_copy(update={"facades": tuple(own[:facades])})


async def fill(opened: pool.Pool, url: str, of: Estate, span: tuple[datetime, datetime]) -> int:
    """Enter the estate, and what its cameras did in the span; how many rows of them."""
    begin, _ = span
    async with pool.transaction(opened) as conn:
        known = {facade.id for facade in of.facades}
        standing = of.with_cameras(
            lambda camera: camera.model_copy(
                update={"facades": tuple(each for each in camera.facades if each in known)}
            )
        )
        await registry.seed(conn, EstateFile(estates=(standing,)))
        await plans.enter(conn, standing, "bench", begin, holds_from=begin - timedelta(days=1))
        await audit.enter(conn, Act("bench", "seeded", "estate", of.id, of.id), begin)
    cameras = [camera.id for camera in of.cameras]
    spans: list[tuple[str, datetime, datetime, float]] = []
    states: list[tuple[str, datetime, int]] = []
    faults: list[tuple[object, ...]] = []
    for number, camera in enumerate(cameras):
        states.append((camera, begin - timedelta(days=1), number))
        faults += _faults(camera, number, of.id, span)
        spans += _spans(camera, number, span)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE camera SET first_seen_at = %s", (begin - timedelta(days=1),))
        cursor.executemany(
            "INSERT INTO watched_span (camera, begins_at, ends_at, watched_s) VALUES (%s, %s, %s, %s)", spans
        )
        cursor.executemany(
            "INSERT INTO camera_state_history (camera, since, state, reason, boot, seq)"
            " VALUES (%s, %s, 'streaming', '', gen_random_uuid(), %s)",
            states,
        )
        cursor.executemany(
            "INSERT INTO fault (kind, subject_type, subject, estate, state, since, cleared_at, reason,"
            " tell_at) VALUES (%s, 'camera', %s, %s, 'closed', %s, %s, '', %s)",
            faults,
        )
    return len(spans) + len(states) + len(faults)


def _faults(
    camera: str, number: int, estate: str, span: tuple[datetime, datetime]
) -> list[tuple[object, ...]]:
    """One every few days, each camera at its own hours."""
    count = (span[1] - span[0]) // FAULT_EVERY
    made: list[tuple[object, ...]] = []
    for nth in range(count):
        since = span[0] + nth * FAULT_EVERY + number * timedelta(minutes=97)
        kind = KINDS[(number + nth) % len(KINDS)]
        made.append((kind, camera, estate, since, since + FAULT_LASTS, since))
    return made


def _spans(
    camera: str, number: int, span: tuple[datetime, datetime]
) -> list[tuple[str, datetime, datetime, float]]:
    """Minutes in a row, cut by one that is short every few hours."""
    begin, end = span
    edges = [begin]
    for nth in range(math.ceil((end - begin) / SHORT_EVERY)):
        short = begin + nth * SHORT_EVERY + (number * 13 + 7) * MINUTE
        edges += [short, short + MINUTE]
    edges = [edge for edge in edges if edge < end] + [end]
    return [
        (camera, edges[at], edges[at + 1], 21.0 if at % 2 else 60.0)
        for at in range(len(edges) - 1)
        if edges[at] < edges[at + 1]
    ]
