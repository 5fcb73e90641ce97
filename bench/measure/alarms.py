"""Many writers on the same conditions of a real database, and whether any condition was ever active twice."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from cloud.clock import utc_now
from cloud.core import alarm
from cloud.core.cause import CAUSE_WAIT
from cloud.core.estate import EstateFile
from cloud.core.fault import CAMERA_LOST, Finding, Subject
from cloud.core.machine import Forbidden
from cloud.store import causes, faults, maintenance, pool, registry
from cloud.store.pool import DatabaseDown

NAME: Final = {"zh": "名字", "en": "Name"}
KINDS: Final = (CAMERA_LOST, "frozen")
ACTS: Final = ("raise", "raise", "clear", "acknowledge")
"""Raised twice as often: one that is open already is brought up to date."""

ESTATE: Final = "crowded"
SETTLE_EVERY_S: Final = 0.1
"""Twenty times as often as in earnest."""

DUPLICATES: Final = """
SELECT count(*) FROM fault one JOIN fault other
    ON (one.kind, one.subject_type, one.subject) = (other.kind, other.subject_type, other.subject)
    AND one.id < other.id
    AND tstzrange(one.since, coalesce(one.cleared_at, 'infinity')) &&
        tstzrange(other.since, coalesce(other.cleared_at, 'infinity'))
"""
"""Pairs of the same condition that were active at the same time, now or ever: their spans overlap."""

OUT_OF_TURN: Final = """
SELECT count(*) FROM (
    SELECT split_part(line.what, ':', 1) AS what, lag(split_part(line.what, ':', 1)) OVER (
        PARTITION BY fault.kind, fault.subject_type, fault.subject ORDER BY line.id) AS before
    FROM fault_history line JOIN fault ON fault.id = line.fault
    WHERE line.what = 'raised' OR line.what LIKE 'closed:%'
) told WHERE what IS NOT DISTINCT FROM before OR (before IS NULL AND what <> 'raised')
"""
"""Lines of the history of a condition in which it was raised twice, or closed twice, in a row."""


@dataclass
class Run:
    """What one run did and found. refused: by the machine. again: given up by the database and repeated.

    settled: alarms that were put beneath a cause, taken out again, inferred or announced meanwhile.
    """

    acts: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    again: int = 0
    settled: int = 0
    raised: int = 0
    duplicate_active: int = 0
    out_of_turn: int = 0


async def crowd(url: str, *, writers: int, conditions: int, rounds: int, seed: int) -> Run:
    """Let `writers` raise, update, acknowledge and clear the same conditions of an empty database."""
    run = Run()
    subjects = [
        (Subject("camera", f"cam-{number // len(KINDS)}"), KINDS[number % len(KINDS)])
        for number in range(conditions)
    ]
    async with pool.opened(url, max_size=writers + 1) as opened:
        async with pool.transaction(opened) as conn:
            await registry.seed(conn, _estate(subjects))
        settling = asyncio.create_task(_settle(opened, run))
        async with asyncio.TaskGroup() as group:
            for writer in range(writers):
                chance = random.Random(seed * 1000 + writer)
                group.create_task(_write(opened, subjects, rounds, chance, run))
        settling.cancel()
        await asyncio.gather(settling, return_exceptions=True)
        async with pool.transaction(opened) as conn:
            for name, query in (("duplicate_active", DUPLICATES), ("out_of_turn", OUT_OF_TURN)):
                row = await (await conn.execute(query.encode())).fetchone()
                assert row is not None
                setattr(run, name, int(row[0]))
            row = await (await conn.execute("SELECT count(*) FROM fault")).fetchone()
            assert row is not None
            run.raised = int(row[0])
    return run


def _estate(subjects: list[tuple[Subject, str]]) -> EstateFile:
    """All cameras on one switch, which the others' losses make look dead now and then."""
    names = sorted({subject.id for subject, _ in subjects})
    cameras = [{"id": name, "name": NAME, "hangs_on": ["crowded-switch"]} for name in names]
    switch = {"id": "crowded-switch", "kind": "switch", "name": NAME}
    box = {"id": "crowded-box", "name": NAME, "cameras": cameras}
    estate = {"id": ESTATE, "name": NAME, "nodes": [switch], "agents": [box]}
    return EstateFile.model_validate({"estates": [estate]})


async def _settle(opened: pool.Pool, run: Run) -> None:
    """What `timers` does meanwhile: alarms go beneath their causes and come out again, some are announced."""
    while True:
        try:
            async with pool.transaction(opened) as conn:
                run.settled += len(await causes.settle(conn, utc_now() + CAUSE_WAIT))
        except DatabaseDown:
            run.again += 1
        await asyncio.sleep(SETTLE_EVERY_S)


async def _write(
    opened: pool.Pool, subjects: list[tuple[Subject, str]], rounds: int, chance: random.Random, run: Run
) -> None:
    """Every second round all go in the same order, so that they meet at each condition."""
    for number in range(rounds):
        order = list(subjects)
        if number % 2:
            chance.shuffle(order)
        for subject, kind in order:
            act = chance.choice(ACTS)
            run.acts[act] += 1
            while True:
                try:
                    await _act(opened, subject, kind, act, run)
                except DatabaseDown:
                    run.again += 1
                else:
                    break


async def _act(opened: pool.Pool, subject: Subject, kind: str, act: str, run: Run) -> None:
    at = utc_now()
    async with pool.transaction(opened) as conn:
        if act == "raise":
            await maintenance.raise_fault(
                conn, subject, kind, Finding("serious", "no frames"), estate=ESTATE, since=at, at=at
            )
        elif act == "clear":
            await maintenance.clear_fault(conn, subject, kind, at)
        else:
            held = await faults.hold_condition(conn, subject, kind)
            if held is not None:
                try:
                    await maintenance.step_fault(conn, held, alarm.Acknowledge("li"), at)
                except Forbidden:
                    run.refused += 1
