"""Every way in which a camera ceases to watch, made for real, and undone."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.measure.blind import films
from bench.measure.blind.films import Films
from bench.measure.blind.site import Site, again, settle
from edge.clock import monotonic_s
from fallwatch.local import wait

ASKED_S: Final = 60.0
WIDTH, HEIGHT = films.SIZE
MASK: Final = [[0, 0], [WIDTH // 3, 0], [WIDTH // 3, HEIGHT], [0, HEIGHT]]
CRASH_EVERY_S: Final = 1.0
HANG_EVERY_S: Final = 1.0
CLEARED_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Kind:
    """fault: while the block runs, it is there. confirmed: the camera counts only once somebody said so.

    stays: what was fault before is so afterwards, and said to be well. some: only some of its cells go.
    """

    name: str
    fault: Callable[[Site], AbstractContextManager[None]]
    confirmed: bool = False
    stays: bool = False
    some: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """Seconds from the fault's cause to blind cells on the page, and from its end to watched ones.

    whys: what was told meanwhile. held: of a camera that was moved, that it stayed blind with its fault over.
    """

    kind: str
    to_blind_s: float
    to_watched_s: float
    whys: tuple[str, ...]
    held: bool | None


def measured(site: Site, kind: Kind) -> Time:
    """One fault, from well to well."""
    site.start()
    settle(site)
    began_s = monotonic_s()
    with kind.fault(site):
        site.await_cells(f"n < {site.cells}" if kind.some else "n === 0", f"blind: {kind.name}")
        to_blind_s = monotonic_s() - began_s
        whys = tuple(site.whys())
    held = None
    ended_s = monotonic_s()
    if kind.confirmed:
        if not kind.stays:
            wait.until(lambda: site.whys() == ["pose_doubted"], CLEARED_S, "the end of the fault")
        held = site.shows(0)
        ended_s = monotonic_s()
        site.confirm()
    site.await_cells(f"n === {site.cells}", f"watched again: {kind.name}")
    return Time(kind.name, to_blind_s, monotonic_s() - ended_s, whys, held)


def _showing(of: Callable[[Films], Path]) -> Callable[[Site], AbstractContextManager[None]]:
    @contextmanager
    def shown(site: Site) -> Iterator[None]:
        site.camera.show(of(site.films))
        yield
        site.camera.show(site.films.well)

    return shown


@contextmanager
def _moved_for_good(site: Site) -> Iterator[None]:
    site.camera.show(site.films.moved)
    yield
    site.films = replace(site.films, well=site.films.moved, moved=site.films.well)


@contextmanager
def _dead(site: Site) -> Iterator[None]:
    site.camera.kill()
    yield
    site.camera.restart()


@contextmanager
def _hung(site: Site) -> Iterator[None]:
    site.camera.hang()
    yield
    site.camera.restart()


@contextmanager
def _masked(site: Site) -> Iterator[None]:
    site.mask(MASK)
    yield
    site.mask()


@contextmanager
def _hanging(site: Site) -> Iterator[None]:
    with again(lambda: site.signal(signal.SIGSTOP), HANG_EVERY_S):
        yield
    site.signal(signal.SIGCONT)


@contextmanager
def _crashing(site: Site) -> Iterator[None]:
    with again(lambda: site.signal(signal.SIGKILL), CRASH_EVERY_S):
        yield


@contextmanager
def _without_power(site: Site) -> Iterator[None]:
    site.cut_power()
    yield
    site.link.weather.stalled = False
    site.start()


@contextmanager
def _without_link(site: Site) -> Iterator[None]:
    site.link.weather.stalled = True
    yield
    site.link.weather.stalled = False


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("dead", _dead),
        Kind("hung", _hung),
        Kind("frozen", _showing(lambda films: films.frozen)),
        Kind("covered", _showing(lambda films: films.covered)),
        Kind("moved", _showing(lambda films: films.moved), confirmed=True),
        Kind("mis-aimed", _showing(lambda films: films.elsewhere), confirmed=True),
        Kind("masked", _masked, some=True),
        Kind("one-picture-a-second", _showing(lambda films: films.slow)),
        Kind("hanging", _hanging),
        Kind("crashing", _crashing),
        Kind("no-power", _without_power),
        Kind("no-link", _without_link),
        Kind("moved-for-good", _moved_for_good, confirmed=True, stays=True),
    )
}
"""By name. Dead: it refuses; hung: its connection stands and nothing comes. Mis-aimed: turned to another
building. Hanging: the camera's program stands still, however often it is started. Crashing: it is killed
again and again. Without power no program says goodbye, and no connection ends. Moved for good: it stays as
it is, and somebody says that this is right."""
