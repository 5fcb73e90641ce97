"""Settings of one edge box: one YAML file, refused at start when unusable; secrets from the environment."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Self, TypeVar

from pydantic import Field, SecretStr, model_validator

from contracts import documents
from contracts.documents import Document
from contracts.ids import AgentId
from edge.config.base import Section, SettingsError
from edge.config.camera import CameraSettings
from edge.config.profiles import Library
from edge.config.references import addressed, problems
from edge.config.secrets import Known, SecretFile, SecretsSettings
from edge.config.sensor import SensorSettings
from edge.config.sight import SightSettings
from edge.config.warning import WarningSettings

Filled = TypeVar("Filled", bound=Section)
PASSWORD: Final = re.compile(r"[a-z]+://[^@/:]*:(.*)@")
VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


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


class OutboxSettings(Section):
    """How messages are kept and sent."""

    max_messages: int = Field(default=1_000_000, ge=100)
    """Above this, the oldest telemetry makes room for what is new, and is told as lost."""
    window: int = Field(default=200, ge=1, le=2_000)
    """Messages that may be unconfirmed at the same time."""
    resend_after_s: float = Field(default=10, gt=0)
    drain_per_s: float = Field(default=500, gt=0)
    """Telemetry is sent at this rate at most, so that a backlog does not keep the box from watching."""
    keep_free_bytes: int = Field(default=256 * 1024**2, ge=0)
    """Below this, recordings are deleted, then the oldest telemetry: room for clips and alarms."""


class DesiredSettings(Section):
    """How long what the cloud wants is on probation, and how long a camera may then be dark, seconds."""

    probation_s: float = Field(default=300, ge=1)
    dark_s: float = Field(default=30, ge=1)


class Settings(Section):
    """Everything that a deployment decides."""

    agent: AgentId
    data_dir: Path
    broker: BrokerSettings
    evidence: EvidenceSettings
    device: DeviceSettings
    metrics: MetricsSettings = MetricsSettings()
    outbox: OutboxSettings = OutboxSettings()
    desired: DesiredSettings = DesiredSettings()
    secrets: SecretsSettings = SecretsSettings()
    profiles: Path | None = None
    """A folder of profiles of one's own; they go before those that come with Fallwatch."""
    cameras: tuple[CameraSettings, ...] = ()
    sensors: tuple[SensorSettings, ...] = ()
    warning: WarningSettings = WarningSettings()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        sensors = [name for device in self.sensors for name in device.ids]
        warners = [device.id for device in self.warning.devices]
        names = Counter([*(camera.id for camera in self.cameras), *sensors, *warners])
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            raise ValueError(f"these ids stand more than once: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _warnings_name_cameras_that_are_there(self) -> Self:
        known = {camera.id for camera in self.cameras}
        for device in self.warning.devices:
            if unknown := set(device.cameras) - known:
                named = ", ".join(sorted(unknown))
                raise ValueError(f"warning.devices.{device.id} names cameras that are not there: {named}")
        return self

    @property
    def outbox_path(self) -> Path:
        """The outbox's database."""
        return self.data_dir / "outbox.db"

    def secret_file(self, environ: Mapping[str, str]) -> SecretFile:
        """The box's secrets; environ: where systemd names the folder of its credentials."""
        folder = environ.get("CREDENTIALS_DIRECTORY")
        return SecretFile(
            self.secrets.file or self.data_dir / "secrets.enc",
            self.secrets.key or self.data_dir / "secrets.key",
            Path(folder) if folder else None,
        )

    @property
    def desired_path(self) -> Path:
        """What the cloud wants of this box, and how it does with it."""
        return self.data_dir / "desired.json"

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
    """The settings in `path`; relative paths are relative to its folder, `${NAME}` in secrets is filled in.

    Raises:
        SettingsError: Unreadable, invalid, or a variable is not set.
    """
    text, read = _parsed(path, Settings)
    found = _anchored(read, path.resolve().parent)
    settings = _filled(found, Known(environ, found.secret_file(environ)))
    library = Library(settings.profiles)
    wrong = [
        documents.sentence(text, str(path), problem.path, problem.found, problem.allowed)
        for problem in problems(settings.cameras, settings.sensors, library)
    ]
    if wrong:
        raise SettingsError("\n".join(wrong))
    cameras = tuple(addressed(camera, library) for camera in settings.cameras)
    return settings.model_copy(update={"cameras": cameras})


def anchored(path: Path) -> Settings:
    """The settings in `path` as they stand there, without any secret filled in; paths as in `load`.

    Raises:
        SettingsError: Unreadable or invalid.
    """
    return _anchored(_parsed(path, Settings)[1], path.resolve().parent)


def _parsed(path: Path, model: type[Document]) -> tuple[str, Document]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    try:
        return text, documents.parse(text, model, str(path))
    except documents.DocumentError as error:
        raise SettingsError(str(error)) from error


def plain_secrets(path: Path) -> tuple[str, ...]:
    """The keys in the file at `path` under which a secret stands in plain text.

    Raises:
        SettingsError: Unreadable or invalid.
    """
    return tuple(_plain(_parsed(path, Settings)[1]))


def _plain(section: Section, key: str = "") -> Iterator[str]:
    for name in section.model_fields_set:
        yield from _plain_value(getattr(section, name), f"{key}.{name}".lstrip("."))


def _plain_value(value: object, key: str) -> Iterator[str]:
    match value:
        case SecretStr():
            if _is_plain(value.get_secret_value(), key):
                yield key
        case Section():
            yield from _plain(value, key)
        case tuple():
            for number, one in enumerate(value):
                yield from _plain_value(one, f"{key}.{getattr(one, 'id', number)}")
        case _:
            pass


def _is_plain(text: str, key: str) -> bool:
    """Of an address only the password is secret; of anything else all of it."""
    if key.endswith("url"):
        login = PASSWORD.match(text)
        text = login.group(1) if login else ""
    return VARIABLE.sub("", text) != ""


def load_sight(path: Path) -> SightSettings:
    """What is known of one camera's picture, in a file of its own.

    Raises:
        SettingsError: Unreadable or invalid.
    """
    return _parsed(path, SightSettings)[1]


def _filled(section: Filled, environ: Mapping[str, str], key: str = "") -> Filled:
    """The section with `${NAME}` filled in in every secret of it, at any depth."""
    found = {
        name: _filled_value(getattr(section, name), environ, f"{key}.{name}".lstrip("."))
        for name in section.model_fields_set
    }
    return section.model_copy(update=found)


def _filled_value(value: object, environ: Mapping[str, str], key: str) -> object:
    match value:
        case SecretStr():
            return _expanded(key, value, environ)
        case Section():
            return _filled(value, environ, key)
        case tuple():
            named = [(getattr(one, "id", number), one) for number, one in enumerate(value)]
            return tuple(_filled_value(one, environ, f"{key}.{name}") for name, one in named)
        case _:
            return value


def _expanded(key: str, text: SecretStr, environ: Mapping[str, str]) -> SecretStr:
    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        try:
            return environ[name]
        except KeyError:
            raise SettingsError(
                f"{key} names the variable {name}, which is not set: neither in the environment"
                f" nor as a secret of this box (fallwatch edge secret set {name})"
            ) from None

    return SecretStr(VARIABLE.sub(value, text.get_secret_value()))


def _anchored(settings: Settings, folder: Path) -> Settings:
    """The settings with every relative path made relative to `folder`."""
    broker = settings.broker
    files = {name: getattr(broker, name) for name in ("ca", "certificate", "key")}
    evidence, device = settings.evidence, settings.device
    return settings.model_copy(
        update={
            "data_dir": folder / settings.data_dir,
            "profiles": folder / settings.profiles if settings.profiles else None,
            "broker": broker.model_copy(
                update={name: folder / at for name, at in files.items() if at is not None}
            ),
            "evidence": evidence.model_copy(update={"ca": folder / evidence.ca if evidence.ca else None}),
            "secrets": settings.secrets.model_copy(
                update={
                    name: folder / at
                    for name in ("file", "key")
                    if (at := getattr(settings.secrets, name)) is not None
                }
            ),
            "device": device.model_copy(
                update={"certificate": folder / device.certificate, "key": folder / device.key}
            ),
        }
    )
