"""From a certificate's rows to its figures: made so when it is issued, and again by whoever checks it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.core import ledger
from cloud.core.camera_duty import duties
from cloud.core.cell_history import Duty, Flags, History, blind_times, history, overlaps
from cloud.core.cell_history import Loss as LossOfCells
from cloud.core.cell_history import Sight as SightOfCells
from cloud.core.certificate.content import SEEN, Content, Facade, Sight
from cloud.core.certificate.figures import Day, Figures, Loss, OfCamera, OfFacade, Ratio
from cloud.core.reaction import episodes, reaction
from cloud.core.spans import Spans
from cloud.core.words import BEIJING

Counts = NDArray[np.int64]

MICROSECOND: Final = timedelta(microseconds=1)
MS_IN_US: Final = 1000


def figures(content: Content) -> Figures:
    """Every figure of a certificate."""
    raw = content.raw
    found = duties(raw, content.doubts, content.least_s)
    facades = [_facade(facade, found) for facade in content.facades]
    due, watched = sum(facade.due_ms for facade in facades), sum(facade.watched_ms for facade in facades)
    accounts = ledger.accounts(raw)
    recorded_s = {account.camera: account.recorded_s for account in accounts}
    work = reaction(episodes(raw.lines), raw.begin, raw.end)
    return Figures(
        cells=sum({f.id: len(f.floors) * len(f.bays) for f in content.facades}.values()),
        due_ms=due,
        could_ms=sum(facade.could_ms for facade in facades),
        watched_ms=watched,
        share=watched / due if due else None,
        facades=tuple(facades),
        cameras=tuple(_camera(duty, recorded_s.get(duty.camera, 0.0)) for duty in found),
        ledger=tuple(
            Ratio(key=each.key, numerator=each.numerator, denominator=each.denominator, value=each.value)
            for each in (*ledger.figures(accounts), *work)
        ),
    )


def midnights(begin: datetime, end: datetime) -> list[datetime]:
    """The span's ends and each midnight of China's clocks between them."""
    day = begin.astimezone(BEIJING).date()
    edges = [begin]
    while (at := datetime.combine(day := day + timedelta(days=1), time(), BEIJING)) < end:
        edges.append(at)
    return [*edges, end]


def flags(rows: Sequence[str], sign: str) -> Flags:
    """(R, C): where the rows have this sign."""
    return np.array([[each == sign for each in row] for row in rows], dtype=np.bool_)


def history_of(facade: Facade, found: Iterable[Duty]) -> History:
    """What became of its cells, with these duties of all cameras."""
    sights = [
        SightOfCells(sight.camera, flags(sight.rows, SEEN), (sight.begin, sight.end or facade.end))
        for sight in facade.sights
    ]
    return history(facade.shape, sights, found, (facade.begin, facade.end))


def _facade(facade: Facade, found: Iterable[Duty]) -> OfFacade:
    of = history_of(facade, found)
    lengths = np.array([(end - begin) // MICROSECOND for begin, end in pairwise(of.cuts)], dtype=np.int64)
    watched, excused = _sum(lengths, of.watched), _sum(lengths, of.excused)
    due = lengths.sum() - excused
    due_ms, watched_ms = int(due.sum()) // MS_IN_US, int(watched.sum()) // MS_IN_US
    return OfFacade(
        facade=facade.id,
        begin=facade.begin,
        end=facade.end,
        cells=len(facade.floors) * len(facade.bays),
        never=int((~of.within.any(axis=0)).sum()),
        due_ms=due_ms,
        could_ms=int(_sum(lengths, of.within & ~of.excused).sum()) // MS_IN_US,
        watched_ms=watched_ms,
        share=watched_ms / due_ms if due_ms else None,
        watched_cells_ms=_table(watched),
        due_cells_ms=_table(due),
        longest_blind_ms=_table(blind_times(lengths, of.watched)[0]),
        smallest_cm=smallest_cm(facade),
        days=tuple(_days(of, lengths)),
        losses=tuple(map(_loss, of.losses)),
    )


def smallest_cm(facade: Facade) -> tuple[tuple[float | None, ...], ...]:
    """Per cell: the smallest thing of which a fall is found, by cameras that stood there last."""
    best = np.zeros(facade.shape)
    for sight in last(facade):
        np.maximum(best, np.array(sight.px_per_m), out=best, where=flags(sight.rows, SEEN))
    return tuple(
        tuple(round(100 * facade.spans_px / float(each), 1) if each > 0 else None for each in row)
        for row in best
    )


def last(facade: Facade) -> list[Sight]:
    """The sights that hold at the end of the facade's part of the span."""
    return [sight for sight in facade.sights if sight.end is None or sight.end >= facade.end]


def _sum(lengths: Counts, of: Flags) -> Counts:
    return np.asarray((lengths[:, None, None] * of).sum(axis=0))


def _days(of: History, lengths: Counts) -> Iterable[Day]:
    edges = midnights(of.cuts[0], of.cuts[-1])
    edges_us = np.array([(at - of.cuts[0]) // MICROSECOND for at in edges], dtype=np.int64)
    watched, due, could = (
        flags.sum(axis=(1, 2)) for flags in (of.watched, ~of.excused, of.within & ~of.excused)
    )
    for begin, parts in zip(edges, overlaps(np.append(0, np.cumsum(lengths)), edges_us), strict=False):
        yield Day(
            begin=begin,
            due_ms=int((parts * due).sum()) // MS_IN_US,
            could_ms=int((parts * could).sum()) // MS_IN_US,
            watched_ms=int((parts * watched).sum()) // MS_IN_US,
        )


def _loss(loss: LossOfCells) -> Loss:
    return Loss(
        begin=loss.begin,
        end=loss.end,
        cells=int(loss.cells.sum()),
        rows=tuple("".join("x" if each else "." for each in row) for row in loss.cells),
        causes=loss.causes,
        excused=loss.excused,
    )


def _camera(duty: Duty, recorded_s: float) -> OfCamera:
    downs: dict[str, list[tuple[datetime, datetime]]] = {}
    for down in duty.downs:
        downs.setdefault(down.why, []).append((down.begin, down.end))
    return OfCamera(
        camera=duty.camera,
        up_ms=_ms(duty.up),
        announced_ms=_ms(duty.announced),
        recorded_ms=round(recorded_s * 1000),
        downs=tuple((why, _ms(parts)) for why, parts in sorted(downs.items())),
    )


def _ms(parts: Spans | list[tuple[datetime, datetime]]) -> int:
    return sum((end - begin) // MICROSECOND for begin, end in parts) // MS_IN_US


def _table(of: Counts) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(each) // MS_IN_US for each in row) for row in of)
