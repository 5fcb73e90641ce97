"""A draw for inspections that anybody can repeat with a SHA-256 and a sheet of paper.

Of each estate (stratum) so many things are drawn as its share of all, at least one while there are enough:

1. key(thing) = SHA-256 of the UTF-8 text `seed`, line feed, `stratum`, line feed, `id`, as 64 small hex
   digits; key(stratum) = the same of `seed`, line feed, `stratum`, line feed.
2. With fewer places than strata, the strata with the smallest keys get one each. Else each gets one, and the
   places left go by largest remainder (Hamilton): quota = left * (its things - 1) / (all things - strata),
   first its whole part, then one each to the largest fractions; equal fractions by the smaller key.
3. Of each stratum the things with the smallest keys are drawn.

Who says the seed before the population is known (the date of the draw, a lottery's number) cannot choose.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """Something that can be drawn; stratum: the estate in which it is."""

    stratum: str
    id: str


@dataclass(frozen=True, slots=True)
class Pick:
    """What was drawn, and by which key."""

    unit: Unit
    key: str


def key_of(seed: str, stratum: str, identity: str = "") -> str:
    """The number by which a thing, or with no id its stratum, is ordered."""
    return hashlib.sha256(f"{seed}\n{stratum}\n{identity}".encode()).hexdigest()


def population_digest(population: Iterable[Unit]) -> str:
    """SHA-256 over all that could have been drawn: `stratum`, tab, `id`, line feed, sorted."""
    lines = "".join(f"{unit.stratum}\t{unit.id}\n" for unit in sorted(set(population)))
    return hashlib.sha256(lines.encode()).hexdigest()


def drawn(population: Iterable[Unit], seed: str, size: int) -> tuple[Pick, ...]:
    """`size` of the population, all of it where it is smaller, by stratum and key."""
    strata: dict[str, list[Unit]] = {}
    for unit in sorted(set(population)):
        strata.setdefault(unit.stratum, []).append(unit)
    places = allotted({stratum: len(units) for stratum, units in strata.items()}, seed, size)
    found: list[Pick] = []
    for stratum, units in strata.items():
        picks = sorted((Pick(unit, key_of(seed, stratum, unit.id)) for unit in units), key=lambda p: p.key)
        found += picks[: places[stratum]]
    return tuple(found)


def allotted(sizes: Mapping[str, int], seed: str, size: int) -> dict[str, int]:
    """How many of each stratum are drawn. sizes: how many things it has, one at least."""
    size = max(0, min(size, sum(sizes.values())))
    by_key = sorted(sizes, key=lambda stratum: key_of(seed, stratum))
    if size <= len(sizes):
        return {stratum: int(stratum in by_key[:size]) for stratum in sizes}
    left, more = size - len(sizes), sum(sizes.values()) - len(sizes)
    quotas = {stratum: Fraction(left * (count - 1), more) for stratum, count in sizes.items()}
    places = {stratum: 1 + int(quota) for stratum, quota in quotas.items()}
    rest = size - sum(places.values())
    for stratum in sorted(by_key, key=lambda each: int(quotas[each]) - quotas[each])[:rest]:
        places[stratum] += 1
    return places
