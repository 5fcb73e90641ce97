"""一机一档: what the record of a camera or a sensor must say to be full, and what of it is missing.

The groups are those of DB3708/T 7—2022 (Jining, attributes of devices that capture video): identity, place,
kind, safety, state and management. That standard's own list is longer (districts, police work); which
fields are asked here is ours, and stands in FIELDS with whoever tells each.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final, Literal

from contracts.devices import firmware_differs

Kind = Literal["camera", "sensor"]
Group = Literal["identity", "place", "kind", "safety", "state", "management"]


@dataclass(frozen=True, slots=True)
class Paper:
    """What no device tells of itself and somebody enters. maker, model, serial: of such as cannot tell."""

    place: str = ""
    """Where it hangs, in words that a stranger finds it by."""
    installed_on: date | None = None
    installer: str = ""
    keeper: str = ""
    """Who answers for it: the unit that manages it."""
    keeper_phone: str = ""
    warranty_until: date | None = None
    maker: str = ""
    model: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A camera or a sensor with all that is known of it; empty or None: nobody has said.

    lon_deg, lat_deg: of its estate. height_m: of the lens above its estate's zero. width_px, height_px: of
    the picture. software: of the box through which it reports. networked: whether it is heard now; None: it
    never was.
    """

    kind: Kind
    id: str
    estate: str
    name_zh: str
    name_en: str
    agent: str
    facades: tuple[str, ...] = ()
    maker: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    wanted_firmware: str = ""
    profile: str = ""
    software: str = ""
    quantity: str = ""
    unit: str = ""
    width_px: int | None = None
    height_px: int | None = None
    lon_deg: float | None = None
    lat_deg: float | None = None
    height_m: float | None = None
    first_seen_at: datetime | None = None
    networked: bool | None = None
    paper: Paper = Paper()

    @property
    def upgrade_wanted(self) -> bool:
        """Whether it runs another firmware than the one that is wanted of it."""
        return bool(self.firmware) and firmware_differs(self.wanted_firmware, self.firmware)


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a full record has, of which kinds, and whose word it is."""

    key: str
    group: Group
    kinds: frozenset[Kind]
    told_by: Literal["estate_file", "device", "paper"]


_BOTH: Final = frozenset[Kind]({"camera", "sensor"})
_CAMERA: Final = frozenset[Kind]({"camera"})
_SENSOR: Final = frozenset[Kind]({"sensor"})

FIELDS: Final = (
    Field("name_zh", "identity", _BOTH, "estate_file"),
    Field("maker", "identity", _BOTH, "device"),
    Field("model", "identity", _BOTH, "device"),
    Field("serial", "identity", _BOTH, "device"),
    Field("place", "place", _BOTH, "paper"),
    Field("lon_deg", "place", _CAMERA, "estate_file"),
    Field("lat_deg", "place", _CAMERA, "estate_file"),
    Field("height_m", "place", _CAMERA, "estate_file"),
    Field("facades", "place", _CAMERA, "estate_file"),
    Field("resolution", "kind", _CAMERA, "estate_file"),
    Field("quantity", "kind", _SENSOR, "estate_file"),
    Field("firmware", "safety", _CAMERA, "device"),
    Field("first_seen_at", "state", _BOTH, "device"),
    Field("installed_on", "management", _BOTH, "paper"),
    Field("installer", "management", _BOTH, "paper"),
    Field("keeper", "management", _BOTH, "paper"),
    Field("keeper_phone", "management", _BOTH, "paper"),
)
"""A record is full when each of these that its kind has is there."""

_OF_PAPER: Final = frozenset(field.name for field in fields(Paper))


def told(item: Item, key: str) -> object:
    """What a record says in a field; what a device says of itself comes before what is entered for it."""
    if key == "resolution":
        whole = item.width_px is not None and item.height_px is not None
        return f"{item.width_px}x{item.height_px}" if whole else None
    own = getattr(item, key, None)
    return own or (getattr(item.paper, key) if key in _OF_PAPER else own)


def missing(item: Item) -> tuple[str, ...]:
    """The fields that a full record would have."""
    return tuple(
        field.key for field in FIELDS if item.kind in field.kinds and told(item, field.key) in {None, "", ()}
    )


@dataclass(frozen=True, slots=True)
class Completeness:
    """建档率 and its neighbours, of some devices: each a number of `items`.

    full: with a full record. fields_told, fields_due: over all of them. networked: reachable now.
    upgrades: run another firmware than is wanted.
    """

    items: int
    full: int
    fields_told: int
    fields_due: int
    networked: int
    upgrades: int

    @property
    def share(self) -> float | None:
        """建档率: full records over devices; None where there are none."""
        return self.full / self.items if self.items else None


def completeness(items: Iterable[Item]) -> Completeness:
    """How full the records of some devices are."""
    every = list(items)
    lacking = [len(missing(item)) for item in every]
    due = [sum(item.kind in field.kinds for field in FIELDS) for item in every]
    return Completeness(
        items=len(every),
        full=sum(count == 0 for count in lacking),
        fields_told=sum(due) - sum(lacking),
        fields_due=sum(due),
        networked=sum(item.networked is True for item in every),
        upgrades=sum(item.upgrade_wanted for item in every),
    )


def by_estate(items: Iterable[Item]) -> Mapping[str, Completeness]:
    """The same of each estate."""
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.estate, []).append(item)
    return {estate: completeness(of) for estate, of in found.items()}
