"""Settings of one edge box: one YAML file, refused at start when unusable; secrets from the environment."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from contracts import documents
from contracts.documents import Document
from contracts.ids import AgentId, CameraId, SensorId

VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class SettingsError(ValueError):
    """The settings cannot be used. The message says what to mend."""


class Section(BaseModel):
    """A part of the settings: frozen, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class BrokerSettings(Section):
    """Where the agent meets the cloud."""

    url: SecretStr
    """`mqtts://host:port` or `mqtt://user:password@host:port`."""
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class EvidenceSettings(Section):
    """What of the video is kept, and where it is sent."""

    url: str
    """The cloud's HTTP address."""
    ca: Path | None = None
    before_s: float = Field(default=6, ge=5, le=60)
    after_s: float = Field(default=6, ge=5, le=60)
    ring_s: float = Field(default=45, ge=15, le=600)
    """Encoded video kept in memory for each camera; must hold a fall, what surrounds it, and a key frame."""
    ring_bytes: int = Field(default=96 * 1024**2, ge=1024**2)
    keep_bytes: int = Field(default=2 * 1024**3, ge=0)
    """Uploaded clips stay on the box until together they exceed this."""

    @model_validator(mode="after")
    def _ring_holds_a_clip(self) -> Self:
        if self.ring_s < self.before_s + self.after_s + 3:
            raise ValueError(
                f"ring_s must be at least before_s + after_s + 3, here {self.before_s + self.after_s + 3}"
            )
        return self


class DeviceSettings(Section):
    """What the box proves its identity with: the key signs manifests and uploads."""

    certificate: Path
    key: Path


class MetricsSettings(Section):
    """Where the agent offers its metrics; port 0 turns them off."""

    host: str = "127.0.0.1"
    port: int = Field(default=9101, ge=0, le=65535)


Pixel = Annotated[float, Field(ge=-1e5, le=1e5)]
Polygon = Annotated[tuple[tuple[Pixel, Pixel], ...], Field(min_length=3, max_length=200)]
MAX_SIDE: Final = 16_384


class PointSettings(Section):
    """A place of the facade that was recognised in the picture: where a floor line and a bay edge cross."""

    at: tuple[Pixel, Pixel]
    """Where it was clicked, px of `picture`."""
    floor_line: float | None = Field(default=None, ge=1, le=201)
    """Floor line n is the underside of floor n; 1 is the ground. Instead: `up_m`."""
    up_m: float | None = Field(default=None, ge=-50, le=700)
    """Metres above the ground."""
    bay_edge: float | None = Field(default=None, ge=0, le=200)
    """Counted from the left as seen from outside; 0 is the facade's left edge. Instead: `across_m`."""
    across_m: float | None = Field(default=None, ge=-500, le=500)
    """Metres to the right of the facade's left edge."""
    click_px: float = Field(default=3, gt=0, le=100)
    """How far the click may be off, one standard deviation."""

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        for one, other in (("floor_line", "up_m"), ("bay_edge", "across_m")):
            if (getattr(self, one) is None) == (getattr(self, other) is None):
                raise ValueError(f"a point has either {one} or {other}")
        return self


class FacadeSettings(Section):
    """The facade that a camera watches, and where points of it lie in the picture."""

    floors: int = Field(ge=1, le=200)
    bays: int = Field(ge=1, le=200)
    floor_height_m: float = Field(default=3.0, gt=1, le=20)
    first_floor_height_m: float | None = Field(default=None, gt=1, le=50)
    """Where the ground floor is higher than the others."""
    bay_width_m: float = Field(default=3.6, gt=0.5, le=50)
    flats: tuple[Annotated[str, Field(min_length=1, max_length=16)], ...] = ()
    """The flat behind each bay, from the left; bays of one flat have the same name."""
    points: tuple[PointSettings, ...] = Field(min_length=4, max_length=100)

    @model_validator(mode="after")
    def _every_bay_has_its_flat(self) -> Self:
        if self.flats and len(self.flats) != self.bays:
            raise ValueError(f"flats must name each of the {self.bays} bays, here are {len(self.flats)}")
        return self


class SightSettings(Section):
    """What is known of a camera's picture: a part of each camera, or a file for `fallwatch detect`."""

    picture: (
        tuple[Annotated[int, Field(gt=0, le=MAX_SIDE)], Annotated[int, Field(gt=0, le=MAX_SIDE)]] | None
    ) = None
    """Width and height of the picture that `ignore` and `facade` are measured in; a stream may be scaled."""
    sensitivity: float = Field(default=0.5, ge=0.05, le=0.95)
    """Falls are told from a score of 1 - sensitivity."""
    ignore: tuple[Polygon, ...] = ()
    """Regions in which nothing is looked for, as polygons."""
    find_facade: bool = False
    """Also ignore what the picture itself shows to lie away from any facade: sky, roads, trees."""
    facade: FacadeSettings | None = None

    @model_validator(mode="after")
    def _pixels_have_a_picture(self) -> Self:
        if self.picture is None and (self.ignore or self.facade):
            raise ValueError("picture: [width, height] is missing: ignore and facade are measured in it")
        return self


class CameraSettings(SightSettings):
    """One camera."""

    id: CameraId
    url: SecretStr
    """RTSP address or a file; `${NAME}` is taken from the environment."""
    lost_after_s: float = Field(default=8, gt=0, le=10)
    """Silence after which the camera counts as lost."""


class SensorSettings(Section):
    """One sensor, simulated: a sine around `mean`."""

    id: SensorId
    kind: Literal["simulated"]
    quantity: str = Field(min_length=1, max_length=64)
    unit: str = Field(max_length=16)
    period_s: float = Field(default=5, gt=0)
    mean: float = 20
    amplitude: float = 1
    cycle_s: float = Field(default=600, gt=0)


class OutboxSettings(Section):
    """How messages are kept and sent."""

    max_messages: int = Field(default=1_000_000, ge=100)
    """Above this, new telemetry is refused and counted; alarms are still taken."""
    window: int = Field(default=200, ge=1, le=2_000)
    """Messages that may be unconfirmed at the same time."""
    resend_after_s: float = Field(default=10, gt=0)


class Settings(Section):
    """Everything that a deployment decides."""

    agent: AgentId
    data_dir: Path
    broker: BrokerSettings
    evidence: EvidenceSettings
    device: DeviceSettings
    metrics: MetricsSettings = MetricsSettings()
    outbox: OutboxSettings = OutboxSettings()
    cameras: tuple[CameraSettings, ...] = ()
    sensors: tuple[SensorSettings, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = Counter([camera.id for camera in self.cameras] + [sensor.id for sensor in self.sensors])
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            raise ValueError(f"these ids stand more than once: {', '.join(twice)}")
        return self

    @property
    def outbox_path(self) -> Path:
        """The outbox's database."""
        return self.data_dir / "outbox.db"

    @property
    def clips_dir(self) -> Path:
        """Where sealed clips lie until they are uploaded."""
        return self.data_dir / "clips"

    def camera(self, camera: str) -> CameraSettings:
        """The settings of one camera.

        Raises:
            SettingsError: There is no such camera.
        """
        found = next((candidate for candidate in self.cameras if candidate.id == camera), None)
        if found is None:
            known = ", ".join(candidate.id for candidate in self.cameras) or "none"
            raise SettingsError(f"there is no camera {camera!r} in the settings; known: {known}")
        return found


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in `path`; relative paths are relative to its folder, `${NAME}` in URLs is filled in.

    Raises:
        SettingsError: Unreadable, invalid, or a variable is not set.
    """
    return _anchored(_filled(_parsed(path, Settings), environ), path.resolve().parent)


def _parsed(path: Path, model: type[Document]) -> Document:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    try:
        return documents.parse(text, model, str(path))
    except documents.DocumentError as error:
        raise SettingsError(str(error)) from error


def load_sight(path: Path) -> SightSettings:
    """What is known of one camera's picture, in a file of its own.

    Raises:
        SettingsError: Unreadable or invalid.
    """
    return _parsed(path, SightSettings)


def _filled(settings: Settings, environ: Mapping[str, str]) -> Settings:
    broker = settings.broker.model_copy(update={"url": _expanded("broker.url", settings.broker.url, environ)})
    cameras = tuple(
        camera.model_copy(update={"url": _expanded(f"cameras.{camera.id}.url", camera.url, environ)})
        for camera in settings.cameras
    )
    return settings.model_copy(update={"broker": broker, "cameras": cameras})


def _expanded(key: str, text: SecretStr, environ: Mapping[str, str]) -> SecretStr:
    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in environ:
            raise SettingsError(f"{key} names the environment variable {name}, which is not set")
        return environ[name]

    return SecretStr(VARIABLE.sub(value, text.get_secret_value()))


def _anchored(settings: Settings, folder: Path) -> Settings:
    """The settings with every relative path made relative to `folder`."""
    broker = settings.broker
    files = {name: getattr(broker, name) for name in ("ca", "certificate", "key")}
    evidence, device = settings.evidence, settings.device
    return settings.model_copy(
        update={
            "data_dir": folder / settings.data_dir,
            "broker": broker.model_copy(
                update={name: folder / at for name, at in files.items() if at is not None}
            ),
            "evidence": evidence.model_copy(update={"ca": folder / evidence.ca if evidence.ca else None}),
            "device": device.model_copy(
                update={"certificate": folder / device.certificate, "key": folder / device.key}
            ),
        }
    )
