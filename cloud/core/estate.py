"""The estate file: which estates there are, their facades, and which devices watch them."""

from collections.abc import Callable
from graphlib import CycleError, TopologicalSorter
from typing import Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from cloud.core.geometry import allowed, checks
from cloud.core.geometry.allowed import Allowed
from cloud.core.geometry.parts import (
    Building,
    LensPart,
    Mask,
    Mount,
    Needed,
    Occluder,
    Origin,
    Resolution,
    Wall,
    expect_mask,
)
from cloud.core.parts import Name, Part, PlaceId
from cloud.core.priority import Below, Ground
from cloud.core.refused import Refused, objection
from contracts.ids import AgentId, CameraId, SensorId

ZONES: Final = frozenset({"Asia/Shanghai", "Asia/Hong_Kong", "Asia/Macau"})
"""Zones whose days begin with those of Asia/Shanghai, at which the aggregates cut days and months (IANA tz:
UTC+8 without summer time since 1992)."""


class Stretch(Part):
    """What lies at the foot of some bays of a facade; both included."""

    first_bay: int = Field(ge=1)
    last_bay: int = Field(ge=1)
    below: Below


class Facade(Part):
    """One side of a building, and what lies below it: everywhere the same, or stretch by stretch."""

    id: PlaceId
    building: str
    name: Name
    floors: int = Field(ge=1, le=200)
    bays: int = Field(ge=1, le=200)
    below: Below | tuple[Stretch, ...] | None = None
    wall: Wall | None = None
    """Where it stands; without it nobody knows what of it is watched."""

    @model_validator(mode="after")
    def _stretches_lie_on_it(self) -> Self:
        for ground in self.grounds():
            if not ground.first_bay <= ground.last_bay <= self.bays:
                raise Refused(
                    objection(
                        "stretch_off_facade",
                        "facade {facade} has bays 1 to {bays}; a stretch below it goes from {first} to"
                        " {last}",
                        facade=self.id,
                        bays=self.bays,
                        first=ground.first_bay,
                        last=ground.last_bay,
                    )
                )
        return self

    def grounds(self) -> tuple[Ground, ...]:
        """What lies below which bays; nothing where nobody has said."""
        if self.below is None:
            return ()
        if isinstance(self.below, str):
            return (Ground(1, self.bays, self.below),)
        return tuple(Ground(part.first_bay, part.last_bay, part.below) for part in self.below)


class Node(Part):
    """Something that gives power or network, what it hangs on itself, and the sensors that tell how it is."""

    id: PlaceId
    kind: Literal["cabinet", "switch", "port"]
    name: Name
    hangs_on: tuple[PlaceId, ...] = ()
    told_by: tuple[SensorId, ...] = ()


class Camera(Part):
    """A camera, the facades that it sees, and the nodes without which it does not work."""

    id: CameraId
    name: Name
    facades: tuple[PlaceId, ...] = ()
    hangs_on: tuple[PlaceId, ...] = ()
    mount: Mount | None = None
    lens: LensPart | None = None
    resolution: Resolution | None = None
    """Width and height of its picture, px."""
    masks: tuple[Mask, ...] = ()

    @model_validator(mode="after")
    def _is_modelled_or_not(self) -> Self:
        given = {"mount": self.mount, "lens": self.lens, "resolution": self.resolution}
        missing = [name for name, value in given.items() if value is None]
        if missing and len(missing) < len(given):
            raise Refused(
                objection(
                    "camera_half_modelled",
                    "camera {camera}: {missing} missing: what it sees follows from mount, lens and resolution"
                    " together; give all three or none",
                    camera=self.id,
                    missing=" and ".join(missing),
                )
            )
        if self.lens is not None and self.resolution is not None:
            checks.expect_sound(self.lens.seen(self.resolution), self.id)
        for mask in self.masks:
            expect_mask(mask, self.id)
        return self


class Sensor(Part):
    """A sensor that an agent reads."""

    id: SensorId
    name: Name
    quantity: str = Field(min_length=1, max_length=64)
    unit: str = Field(max_length=16)
    hangs_on: tuple[PlaceId, ...] = ()


class Agent(Part):
    """An edge box with what hangs on it."""

    id: AgentId
    name: Name
    cameras: tuple[Camera, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    hangs_on: tuple[PlaceId, ...] = ()


class Estate(Part):
    """A residential estate."""

    id: PlaceId
    name: Name
    zone: str = "Asia/Shanghai"
    """The time zone that its clocks on the wall show, as the IANA names it; one of ZONES."""
    facades: tuple[Facade, ...] = ()
    nodes: tuple[Node, ...] = ()
    agents: tuple[Agent, ...] = ()
    origin: Origin | None = None
    buildings: tuple[Building, ...] = ()
    occluders: tuple[Occluder, ...] = ()
    coverage: Needed = Needed()
    allowed: Allowed | None = None
    """Where more cameras may hang, for advice on closing what is blind."""

    @property
    def cameras(self) -> tuple[Camera, ...]:
        """Of all its boxes."""
        return tuple(camera for agent in self.agents for camera in agent.cameras)

    def with_cameras(self, changed: Callable[[Camera], Camera]) -> Self:
        """The same estate, each camera changed so."""
        agents = tuple(
            agent.model_copy(update={"cameras": tuple(map(changed, agent.cameras))}) for agent in self.agents
        )
        return self.model_copy(update={"agents": agents})

    @model_validator(mode="after")
    def _stands_in_space(self) -> Self:
        walls = {facade.id: (facade.wall, facade.floors) for facade in self.facades if facade.wall}
        mounts = {camera.id: camera.mount for camera in self.cameras if camera.mount}
        wrong = checks.misplaced(self.buildings, self.occluders, walls, mounts)
        if self.allowed is not None:
            wrong += allowed.misplaced(self.allowed, self.buildings)
        if wrong:
            raise Refused(*wrong)
        return self

    @field_validator("zone")
    @classmethod
    def _days_are_those_of_the_ledger(cls, zone: str) -> str:
        if zone not in ZONES:
            raise ValueError(
                f"days and months of the ledger begin at midnight in Asia/Shanghai, and in {zone} they may"
                f" begin at another hour; allowed are {', '.join(sorted(ZONES))}"
            )
        return zone

    @model_validator(mode="after")
    def _facades_exist(self) -> Self:
        known = {facade.id for facade in self.facades}
        for camera in self.cameras:
            if unknown := set(camera.facades) - known:
                raise Refused(
                    objection(
                        "camera_covers_unknown",
                        "camera {camera} covers facades that are not here: {facades}",
                        camera=camera.id,
                        facades=str(sorted(unknown)),
                    )
                )
        return self

    @model_validator(mode="after")
    def _nodes_exist_and_end(self) -> Self:
        above = {node.id: node.hangs_on for node in self.nodes}
        named = list(above.items())
        for agent in self.agents:
            named.append((agent.id, agent.hangs_on))
            named += [(camera.id, camera.hangs_on) for camera in agent.cameras]
            named += [(sensor.id, sensor.hangs_on) for sensor in agent.sensors]
        for thing, nodes in named:
            if unknown := set(nodes) - above.keys():
                raise ValueError(f"{thing} hangs on nodes that are not here: {sorted(unknown)}")
        told = [sensor for node in self.nodes for sensor in node.told_by]
        if unknown := set(told) - {sensor.id for agent in self.agents for sensor in agent.sensors}:
            raise ValueError(f"nodes are told of by sensors that are not here: {sorted(unknown)}")
        if doubled := sorted({sensor for sensor in told if told.count(sensor) > 1}):
            raise ValueError(f"sensors tell of more than one node: {doubled}")
        try:
            tuple(TopologicalSorter(above).static_order())
        except CycleError as error:
            raise ValueError(f"nodes hang on each other in a circle: {error.args[1]}") from error
        return self


class EstateFile(Part):
    """The whole file."""

    estates: tuple[Estate, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        agents = [agent for estate in self.estates for agent in estate.agents]
        for what, ids in (
            ("estate", [estate.id for estate in self.estates]),
            ("facade", [facade.id for estate in self.estates for facade in estate.facades]),
            ("node", [node.id for estate in self.estates for node in estate.nodes]),
            ("building", [building.id for estate in self.estates for building in estate.buildings]),
            ("agent", [agent.id for agent in agents]),
            ("camera", [camera.id for agent in agents for camera in agent.cameras]),
            ("sensor", [sensor.id for agent in agents for sensor in agent.sensors]),
        ):
            if doubled := sorted({name for name in ids if ids.count(name) > 1}):
                raise ValueError(f"{what} named twice: {doubled}")
        return self
