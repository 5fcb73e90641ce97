"""What the log says of a certificate's days, and whether its rows agree: gathered when it is issued."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cloud.core.certificate import attesting
from cloud.core.certificate.attesting import Judge, Judged
from cloud.core.certificate.content import Content
from cloud.core.day_digest.attested import Entry, lost
from cloud.core.head import Head
from cloud.evidence.bundle.members import Inclusion, Line
from cloud.evidence.certificate.judging import judged
from cloud.evidence.certificate.members import Day, DayEntry, Days, sentence
from cloud.store import closed_days, log
from cloud.store.log import Leaf
from cloud.store.pool import Connection

Found = dict[tuple[str, date], list[tuple[Leaf, Entry]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the log has of the days. bounds: estate → its oldest and newest closed day."""

    entries: Found
    bounds: Mapping[str, tuple[date, date]]

    @property
    def last(self) -> int:
        """The place of the newest entry; 0: there is none."""
        return max((leaf.index for told in self.entries.values() for leaf, _ in told), default=0)


async def ask(conn: Connection, content: Content) -> Asked:
    """The log's entries of the certificate's days."""
    wanted: dict[str, list[date]] = {}
    for estate, day in attesting.days(content):
        wanted.setdefault(estate, []).append(day)
    entries, bounds = Found(), {}
    for estate, days in wanted.items():
        found = await closed_days.entries(conn, estate, days)
        entries |= {(estate, day): told for day, told in found.items()}
        ends = await closed_days.bounds(conn, estate)
        if ends is not None:
            bounds[estate] = ends
    return Asked(entries, bounds)


async def days(conn: Connection, content: Content, asked: Asked, head: Head) -> Days:
    """`days.json`. head: the first, which speaks of all entries."""
    judge = Judge(content)
    return Days(
        days=tuple(
            [await _day(conn, judge, (estate, day), asked, head) for estate, day in attesting.days(content)]
        ),
        contradictions=tuple(map(sentence, attesting.contradictions(content))),
    )


async def _day(conn: Connection, judge: Judge, of: tuple[str, date], asked: Asked, head: Head) -> Day:
    (estate, day), content = of, judge.content
    wanted = judge.spoken(estate).parts
    entries = [
        DayEntry(
            line=Line(index=leaf.index, entry=leaf.entry.decode("utf-8", "replace")),
            facts={part: told for part, told in (entry.facts or {}).items() if part in wanted},
            proof=Inclusion.model_validate(await log.inclusion(conn, leaf.index, head.size)),
        )
        for leaf, entry in asked.entries.get(of, [])
    ]
    if entries:
        found = await asyncio.to_thread(judged, judge, of, entries, head)
    else:
        found = _unknown(of, asked.bounds.get(estate))
    return Day(
        estate=estate,
        day=day,
        within=attesting.in_span(content, day),
        state=found.state,
        late=found.late,
        differences=tuple(map(sentence, found.differences)),
        entries=tuple(entries),
    )


def _unknown(of: tuple[str, date], bounds: tuple[date, date] | None) -> Judged:
    """What is to be said of a day of which the log has nothing."""
    estate, day = of
    if bounds is None or day > bounds[1]:
        return Judged("unclosed", 0, ())
    if day < bounds[0]:
        return Judged("before", 0, ())
    return Judged("differs", 0, (lost(estate, day),))
