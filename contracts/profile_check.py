"""What no single key of a profile shows wrong: things named twice, overlapping, unknown, without a source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from contracts.documents import Path
from contracts.points import ModbusPoint, MqttPoint, PointHead, SnmpPoint
from contracts.profile import (
    BoxProfile,
    CameraProfile,
    EstateProfile,
    Head,
    Point,
    Profile,
    SensorProfile,
    point_of,
)
from contracts.rules import Above, Below, Silence

FACTS: Final = {
    "camera": ("streams", "onvif_port", "limits", "smart_codec", "key_frame_s", "wanted_firmware", "quirks"),
    "box": ("threads", "capacity", "points", "quirks"),
    "estate": ("devices", "quirks"),
}
"""Kind → keys that are facts and need a source."""
POINTS: Final = ("points", "quirks")
"""Of every other kind."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend: where, what stands there, and what would be right."""

    path: Path
    found: object
    allowed: str


def problems(stem: str, profile: Profile, known: Mapping[str, Profile | None]) -> tuple[Problem, ...]:
    """Everything wrong with a profile that is well-formed, in the order of its keys.

    stem: the file's name without `.yaml`. known: all profiles by id, for those that an estate names; None
    where the file is there and cannot be used.
    """
    found = [*_head(stem, profile)]
    if isinstance(profile, EstateProfile):
        found += _devices(profile, known)
    elif not isinstance(profile, CameraProfile):
        found += [*_points(profile), *_rules(profile)]
    return tuple(found)


def _head(stem: str, profile: Profile) -> Iterator[Problem]:
    if profile.id != stem:
        yield Problem(("id",), profile.id, f"the file's name says {stem}")
    facts = FACTS.get(profile.kind, POINTS)
    covered: set[str] = set()
    for number, source in enumerate(profile.sources):
        for place, fact in enumerate(source.facts):
            covered.add(fact)
            if fact not in facts:
                yield Problem(("sources", number, "facts", place), fact, f"one of {', '.join(facts)}")
    for fact in facts:
        if fact not in covered and _is_told(profile, fact):
            yield Problem((fact,), "no source", f"a source must name {fact} among its facts")


def _is_told(profile: Head, fact: str) -> bool:
    return bool(getattr(profile, fact) != type(profile).model_fields[fact].default)


def _points(profile: SensorProfile) -> Iterator[Problem]:
    names: dict[str, int] = {}
    places: dict[object, str] = {}
    points: tuple[Point, ...] = profile.points
    for number, point in enumerate(points):
        if point.name in names:
            yield Problem(
                ("points", number, "name"), point.name, f"points.{names[point.name]} is already called so"
            )
        names.setdefault(point.name, number)
        key, cells = _cells(point)
        taken = next((places[cell] for cell in cells if cell in places), None)
        if taken is not None:
            yield Problem(("points", number, key), getattr(point, key), f"{taken} already stands there")
        places.update({cell: places.get(cell, point.name) for cell in cells})
        yield from _reachable(number, point)


def _cells(point: Point) -> tuple[str, tuple[object, ...]]:
    """The key that says where the point stands, and everything that it occupies there."""
    match point:
        case ModbusPoint():
            return "address", tuple(
                (point.table, point.address + number) for number in range(point.registers)
            )
        case SnmpPoint():
            return "oid", (point.oid,)
        case MqttPoint():
            return "path" if point.path else "topic", ((point.topic, point.path),)
        case _:
            return "measure", (point.measure,)


def _reachable(number: int, point: PointHead) -> Iterator[Problem]:
    """A limit that no possible value reaches would never be told."""
    if point.possible is None:
        return
    low, high = point.possible
    for place, rule in enumerate(point.rules):
        if isinstance(rule, Above | Below) and not low <= rule.raise_at <= high:
            path = ("points", number, "rules", place, "raise_at")
            yield Problem(path, rule.raise_at, f"possible values are {low:g} to {high:g}")


def _rules(profile: SensorProfile) -> Iterator[Problem]:
    """Desired states name rules, and a box's faults all have one subject: a name means one rule."""
    seen: dict[str, str] = {}
    for path, rule in named_rules(profile):
        if rule.name in seen:
            yield Problem((*path, "name"), rule.name, f"{seen[rule.name]} is already called so")
        seen.setdefault(rule.name, ".".join(str(step) for step in path))


def named_rules(profile: SensorProfile) -> Iterator[tuple[Path, Silence]]:
    """All rules of a profile with where they stand."""
    for number, point in enumerate(profile.points):
        for place, rule in enumerate(point.rules):
            yield ("points", number, "rules", place), rule
    if not isinstance(profile, BoxProfile):
        yield ("silent",), profile.silent
    yield ("missing",), profile.missing


def _devices(estate: EstateProfile, known: Mapping[str, Profile | None]) -> Iterator[Problem]:
    endings: dict[str, str] = {}
    for number, device in enumerate(estate.devices):
        profile = known.get(device.profile)
        if device.profile not in known or isinstance(profile, CameraProfile | EstateProfile):
            names = sorted(
                name for name, each in known.items() if not isinstance(each, CameraProfile | EstateProfile)
            )
            yield Problem(("devices", number, "profile"), device.profile, f"one of {', '.join(names)}")
        for key, ending in device.points.items():
            path = ("devices", number, "points", key)
            if ending in endings:
                yield Problem(path, ending, f"{endings[ending]} already has this ending")
            endings.setdefault(ending, ".".join(str(step) for step in path))
            if isinstance(profile, SensorProfile):
                try:
                    point_of(profile, key)
                except ValueError as error:
                    yield Problem(path, key, str(error))
