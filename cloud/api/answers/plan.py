"""Answers about estates' plans, poses of cameras, and advice. Metres; x east, y north, z up; degrees."""

from typing_extensions import TypedDict

from cloud.api.answers.base import Instant, Name, Named, Objection
from cloud.core.estate import Facade, Stretch
from cloud.core.geometry.allowed import Allowed, Offer
from cloud.core.geometry.parts import Building, LensPart, Mask, Mount, Occluder, Origin, Resolution, Wall
from cloud.core.priority import Below

Place = tuple[float, float]


class Plans(TypedDict):
    """Estates that have a plan, and those that have none yet."""

    now: Instant
    estates: list[Named]
    without: list[Named]


class PlannedFacade(Named):
    """A facade on the plan; ends from outside, null: not modelled. blind: though all cameras are up."""

    building: str
    floors: int
    bays: int
    below: Below | tuple[Stretch, ...] | None
    wall: Wall | None
    left_m: Place | None
    right_m: Place | None
    cells: int | None
    blind: int | None


class PlannedCamera(Named):
    """A camera on the plan. half_deg: half the angle that its picture is broad. watches: cells, by facade.

    agent: the box that it hangs on. planned: no device has ever told of it.
    """

    agent: str
    planned: bool
    mount: Mount | None
    lens: LensPart | None
    resolution: Resolution | None
    masks: tuple[Mask, ...]
    half_deg: float | None
    watches: dict[str, int]
    doubted_since: Instant | None


class Plan(TypedDict):
    """An estate's plan as it holds. version: 0, nobody has entered one.

    boxes: on which cameras of the estate hang. offers: cameras with lenses that may be bought.
    """

    now: Instant
    estate: Named
    version: int
    entered_at: Instant | None
    entered_by: str | None
    origin: Origin | None
    buildings: tuple[Building, ...]
    occluders: tuple[Occluder, ...]
    facades: list[PlannedFacade]
    cameras: list[PlannedCamera]
    boxes: list[Named]
    offers: tuple[Offer, ...]
    cells: int
    blind: int


class ReadCamera(Named):
    """A camera that a map's file names."""

    agent: str
    mount: Mount | None
    lens: LensPart | None
    resolution: Resolution | None


class MapRead(TypedDict):
    """What a map's file draws. notes: what was assumed; refused: what of it cannot be used, and why."""

    origin: Origin | None
    buildings: tuple[Building, ...]
    occluders: tuple[Occluder, ...]
    facades: tuple[Facade, ...]
    cameras: list[ReadCamera]
    allowed: Allowed | None
    notes: list[Objection]
    refused: list[Objection]


class PointOff(TypedDict):
    """A clicked point, and how far from where the camera draws it."""

    name: str
    off_px: float


class PoseErrors(TypedDict):
    """Standard errors of a pose."""

    x_m: float
    y_m: float
    z_m: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float


class PoseChange(TypedDict):
    """What a pose changes on a facade, in cells. unsure: within two standard errors it may be otherwise."""

    facade: str
    before: int
    after: int
    gained: int
    lost: int
    unsure: int


class Homography(TypedDict):
    """Metres across a wall from its left end and up from its ground → pixels without distortion, by rows."""

    facade: str
    matrix: list[list[float]]


class ToldBox(TypedDict):
    """Facades of which the camera's box is told, or would be, where the picture shows them.

    version: of what is wanted of the box; null: the pose was only tried.
    """

    agent: str
    facades: list[str]
    version: int | None


class Pose(TypedDict):
    """A pose from clicked points."""

    camera: str
    mount: Mount
    rms_px: float
    points: list[PointOff]
    errors: PoseErrors
    changes: list[PoseChange]
    homographies: list[Homography]
    told: ToldBox


class AdvisedCamera(TypedDict):
    """A camera to buy: where it would hang and look, what it closes of the facade, what is left then."""

    where: Name
    offer: str
    mount: Mount
    cost: float
    closes: int
    blind_left: int


class Advice(TypedDict):
    """Which cameras would close a facade's blind cells. factor: at most so many times the least cost."""

    facade: str
    blind_before: int
    blind_after: int
    closable: int
    cameras: list[AdvisedCamera]
    factor: float
