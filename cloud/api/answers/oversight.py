"""Answers of the bureau about months, equipment and inspections."""

from typing import Literal

from typing_extensions import TypedDict

from cloud.api.answers.base import Instant, Name, Named, People
from cloud.api.answers.figures import CameraAccount, Span
from cloud.api.answers.upkeep import WorkOrder
from cloud.core.equipment_record import Group, Kind
from cloud.core.ranks import By, Level


class Share(TypedDict):
    """numerator over denominator; value: null where there is nothing to count."""

    value: float | None
    numerator: float
    denominator: float


class Standing(TypedDict):
    """A month of a facade, an estate or all. oldest_blind_s: age of the oldest blind spot; 0: none."""

    blind: Share
    availability: Share
    picture: Share
    facades: int
    unmodelled: int
    cells: int
    blind_cells: int
    long_blind_cells: int
    oldest_blind_s: float
    overdue: int


class Compared(TypedDict):
    """A month beside the one before."""

    before: Standing
    after: Standing


class At(TypedDict):
    """In which estate, and which building of it; null: it is the estate itself."""

    estate: Named
    building: str | None


class Ranked(Named, At, Compared):
    """An estate, a building or a facade. counted_at: of an estate, until when; null: not yet."""

    counted_at: Instant | None


class Cause(TypedDict):
    """What cost cells most: which camera, why, since when in the month."""

    camera: str
    camera_name: Name | None
    why: str
    since: Instant


class Shift(At):
    """Something that differs from the month before."""

    kind: Literal["blind_cells", "blind", "availability", "picture", "first"]
    facade: Named | None
    before: float | None
    after: float | None
    cause: Cause | None


class Month(TypedDict):
    """A month of all estates. months: those that were counted, `2026-10`, the newest first.

    counted_until: when the one was that was counted longest ago; null: none was. long_blind_days: for longer
    than this a cell counts among `long_blind_cells`. targets: of shares. ranked: estates, buildings, facades,
    as `of` says, in the order that `by` and `reverse` say, at most 200; left: how many more there are.
    buildings: of the estate that was asked for; facades: of that building of it, in the same order.
    """

    now: Instant
    change: int
    month: str
    months: list[str]
    complete: bool
    counted_until: Instant | None
    long_blind_days: float
    targets: dict[str, float]
    total: Compared
    of: Level
    by: By
    reverse: bool
    ranked: list[Ranked]
    left: int
    buildings: list[Ranked]
    facades: list[Ranked]
    shifts: list[Shift]


class ProofFault(TypedDict):
    """A fault of a camera, or of the box through which it reports. cleared_at: null while it lasts."""

    id: str
    of: Literal["camera", "agent"]
    kind: str
    severity: str
    since: Instant
    cleared_at: Instant | None


class Proof(Named):
    """What stands behind a camera's month: its account, its faults and its orders, the newest first."""

    now: Instant
    change: int
    people: People
    estate: str
    agent: str
    facades: list[Named]
    span: Span
    account: CameraAccount
    faults: list[ProofFault]
    orders: list[WorkOrder]


class Completeness(TypedDict):
    """share: full records over devices, 建档率; null where there are none."""

    share: float | None
    items: int
    full: int
    fields_told: int
    fields_due: int
    networked: int
    upgrades: int


class Paper(TypedDict):
    """What somebody entered of a device; empty or null: nothing."""

    place: str
    installed_on: str | None
    installer: str
    keeper: str
    keeper_phone: str
    warranty_until: str | None
    maker: str
    model: str
    serial: str


class Item(Named):
    """A camera or a sensor with its record. fields: what a full record says; null where it does not."""

    kind: Kind
    estate: str
    agent: str
    fields: dict[str, str | None]
    missing: list[str]
    wanted_firmware: str
    upgrade_wanted: bool
    networked: bool | None
    software: str
    paper: Paper


class Field(TypedDict):
    """A field of a full record: its group, of which kinds, and whose word it is."""

    key: str
    group: Group
    kinds: list[Kind]
    told_by: Literal["estate_file", "device", "paper"]


class RecordedEstate(Named):
    """How full the records of an estate are."""

    completeness: Completeness


class Equipment(TypedDict):
    """Every camera and sensor with its record."""

    now: Instant
    change: int
    fields: list[Field]
    total: Completeness
    estates: list[RecordedEstate]
    items: list[Item]


class Pick(TypedDict):
    """Something that was drawn; outcome: null until somebody has inspected it. key: by which it was drawn."""

    estate: Named
    subject: Named
    key: str
    outcome: Literal["passed", "failed"] | None
    note: str
    inspected_by: str | None
    inspected_at: Instant | None
    work_order: str | None


class Draw(TypedDict):
    """A draw. population: how many there were; sha256: of all of them, as docs/design/bureau.md says."""

    id: str
    seed: str
    what: Literal["facade", "camera"]
    size: int
    population: int
    sha256: str
    purpose: str
    drawn_at: Instant
    drawn_by: str
    picks: list[Pick]


class Draws(TypedDict):
    """The newest draws first."""

    now: Instant
    change: int
    people: People
    draws: list[Draw]
