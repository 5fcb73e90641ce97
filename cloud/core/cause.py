"""Which alarms follow from which: a switch that dies is one alarm with its cameras beneath it.

All of it is worked out anew from what is open and what hangs on what, so the order in which alarms arrive
plays no part: cameras that were lost before their switch was known to be dead move beneath it when it is, and
come out again when it lives and they do not.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from cloud.core.chatter import WATCHED
from cloud.core.fault import AGENT_OFFLINE, CAMERA_LOST, CHATTERING, SUPPLY_LOST, Subject

DISABLING: Final = frozenset(
    {
        *("breaker_tripped", "mains_lost"),
        *("switch_silent", "poe_supply_faulty", "port_down", "port_unpowered"),
        SUPPLY_LOST,
        AGENT_OFFLINE,
    }
)
"""What takes along all that hangs on it: words of the profiles in `firmware_configs`, and our own."""

GONE: Final = frozenset({CAMERA_LOST, "lost", AGENT_OFFLINE})
"""What a camera or an agent looks like whose power or network has gone."""

BEFORE: Final = timedelta(seconds=60)
"""An alarm may be older than its cause by so much: cameras are missed sooner than their switch."""

CAUSE_WAIT: Final = timedelta(seconds=90)
"""So long an alarm waits for its cause before people are told: the slowest profile says after 60 s of silence
that a switch is gone, and is read every few seconds."""

TOGETHER: Final = timedelta(seconds=30)
"""What is lost within this time is lost together: cameras of one switch are missed at 5 to 15 s."""
AT_LEAST: Final = 3
"""So many lost together, or both where there are two, speak of their node."""
DEAD_SHARE: Final = 0.8
"""A dead node takes all along; one in five may be wired otherwise than the estate file says."""
ALIVE_SHARE: Final = 0.5
"""It is held dead until more than half are back: they start one after the other."""


@dataclass(frozen=True, slots=True)
class Open:
    """An alarm that is open. since: when its condition began."""

    id: UUID
    kind: str
    subject: Subject
    since: datetime


@dataclass(frozen=True, slots=True)
class Topology:
    """hangs_on: what each thing needs directly to work. told_by: sensor → the node whose state it tells."""

    hangs_on: Mapping[Subject, Sequence[Subject]]
    told_by: Mapping[str, Subject]

    def above(self, subject: Subject) -> tuple[Subject, ...]:
        """All that it needs to work, the nearest first."""
        found: dict[Subject, None] = {}
        level = [subject]
        while level:
            level = [up for low in level for up in self.hangs_on.get(low, ()) if up not in found]
            found.update(dict.fromkeys(level))
        return tuple(found)

    def place(self, alarm: Open) -> Subject:
        """Where an alarm is: a sensor that says that a node is dead speaks for the node."""
        tells = alarm.subject.type == "sensor" and alarm.kind in DISABLING
        return self.told_by.get(alarm.subject.id, alarm.subject) if tells else alarm.subject


def follows(kind: str) -> bool:
    """Whether a fault of this kind can be a mere consequence."""
    return kind in GONE or kind in DISABLING or kind == "stalled" or kind.endswith("_silent")


def causes(topology: Topology, alarms: Collection[Open]) -> dict[UUID, UUID]:
    """Alarm → the open alarm from which it follows: the topmost, so that all lie beneath one."""
    by_place: dict[Subject, list[Open]] = {}
    for alarm in alarms:
        if alarm.kind in DISABLING or alarm.kind == CHATTERING:
            by_place.setdefault(topology.place(alarm), []).append(alarm)
    found = {}
    for alarm in alarms:
        *_, topmost = None, *_candidates(topology, alarm, by_place)
        if topmost is not None:
            found[alarm.id] = topmost.id
    return found


def _candidates(topology: Topology, alarm: Open, by_place: Mapping[Subject, list[Open]]) -> Iterator[Open]:
    """Alarms from which it may follow, from the nearest to the topmost; at one place the earliest last."""
    place = topology.place(alarm)
    here = by_place.get(place, [])
    if alarm.kind in WATCHED:
        yield from (other for other in here if other.kind == CHATTERING)
    if not (follows(alarm.kind) or alarm.kind == CHATTERING):
        return
    if alarm.kind == SUPPLY_LOST:
        # It was inferred; whoever says so himself knows better.
        yield from (other for other in _in_time(alarm, here) if other.kind != SUPPLY_LOST)
    for up in topology.above(place):
        yield from (other for other in _in_time(alarm, by_place.get(up, [])) if other.kind != CHATTERING)


def _in_time(alarm: Open, others: Sequence[Open]) -> list[Open]:
    """What was inferred comes first, that is, counts least."""
    found = [other for other in others if alarm.since >= other.since - BEFORE]
    newest_first = sorted(found, key=lambda other: (other.since, other.id), reverse=True)
    return sorted(newest_first, key=lambda other: other.kind != SUPPLY_LOST)


def dead_nodes(topology: Topology, alarms: Collection[Open]) -> dict[Subject, datetime]:
    """Node → since when it must be dead, though it says nothing: what hangs on it was lost together.

    One that is held dead already stays so until more than half of what hangs on it is back.
    """
    lost = {alarm.subject: alarm for alarm in alarms if alarm.kind in GONE}
    silenced = {subject for subject, alarm in lost.items() if alarm.kind == AGENT_OFFLINE}
    explained = causes(topology, [alarm for alarm in alarms if alarm.kind != SUPPLY_LOST])
    held = {alarm.subject: alarm.since for alarm in alarms if alarm.kind == SUPPLY_LOST}
    below = _below(topology, silenced)
    found = {}
    for node, things in below.items():
        gone = [lost[thing] for thing in things if thing in lost]
        if node in held:
            if len(gone) >= ALIVE_SHARE * len(things):
                found[node] = held[node]
            continue
        together = _together([alarm for alarm in gone if alarm.id not in explained])
        speak = len(together) >= min(AT_LEAST, max(2, len(things)))
        if speak and len(gone) >= DEAD_SHARE * len(things):
            found[node] = together[0].since
    return _fewest(topology, found, below, lost, held)


def _below(topology: Topology, silenced: AbstractSet[Subject]) -> dict[Subject, set[Subject]]:
    """Node → the cameras and agents on it of which one can be told: not those of an agent that is away."""
    below: dict[Subject, set[Subject]] = {}
    for thing in topology.hangs_on:
        if thing.type not in {"camera", "agent"}:
            continue
        above = topology.above(thing)
        if silenced.isdisjoint(above):
            for node in above:
                if node.type == "node":
                    below.setdefault(node, set()).add(thing)
    return below


def _together(alarms: Sequence[Open]) -> list[Open]:
    """The most of them that began within `TOGETHER`, the earliest first."""
    ordered = sorted(alarms, key=lambda alarm: alarm.since)
    runs = [
        [other for other in ordered[start:] if other.since - first.since <= TOGETHER]
        for start, first in enumerate(ordered)
    ]
    return max(runs, key=len, default=[])


def _fewest(
    topology: Topology,
    found: Mapping[Subject, datetime],
    below: Mapping[Subject, set[Subject]],
    lost: Mapping[Subject, Open],
    held: Collection[Subject],
) -> dict[Subject, datetime]:
    """As few nodes as explain it all: the one that explains the most, and of such the lowest, first."""
    chosen: dict[Subject, datetime] = {node: since for node, since in found.items() if node in held}
    explained: set[Subject] = set()
    depth = {node: len(topology.above(node)) for node in found}
    for node in sorted(found, key=lambda node: (-len(below[node] & lost.keys()), -depth[node], node.id)):
        gone = below[node] & lost.keys()
        if not gone <= explained:
            chosen[node] = found[node]
            explained |= gone
    return chosen
