"""Where sensors hang: one entry for each device, with the names of what is read there.

What a device's values mean, and when they are a fault, is in its profile.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from contracts.ids import ProfileId, SensorId
from contracts.profile import PointKey
from edge.config.base import Section

Host = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[^\s/@]+$")]
Port = Annotated[int, Field(ge=1, le=65_535)]
Points = Annotated[dict[PointKey, SensorId], Field(min_length=1, max_length=100)]
"""Point of the profile → the sensor's name; of a table with its row: `link.3`."""


class SimulatedSettings(Section):
    """One sensor, simulated: a sine around `mean`."""

    kind: Literal["simulated"]
    id: SensorId
    quantity: str = Field(min_length=1, max_length=64)
    unit: str = Field(max_length=16)
    period_s: float = Field(default=5, gt=0)
    mean: float = 20
    amplitude: float = 1
    cycle_s: float = Field(default=600, gt=0)

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of its sensors."""
        return (self.id,)


class ProfiledSettings(Section):
    """A device with a profile."""

    profile: ProfileId
    period_s: float = Field(default=10, gt=0, le=3600)
    points: Points

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of its sensors."""
        return tuple(self.points.values())


class ModbusSettings(ProfiledSettings):
    """A Modbus TCP device, or one behind a gateway; entries of one host and port share a connection."""

    kind: Literal["modbus"]
    host: Host
    port: Port = 502
    unit: int = Field(default=1, ge=0, le=255)
    """Its address on the bus behind a gateway."""
    timeout_s: float = Field(default=2, gt=0, le=30)


class SnmpSettings(ProfiledSettings):
    """A device that speaks SNMP: v2c with a community, v3 with a user."""

    kind: Literal["snmp"]
    host: Host
    port: Port = 161
    timeout_s: float = Field(default=2, gt=0, le=30)
    community: SecretStr | None = None
    user: str | None = Field(default=None, min_length=1, max_length=32)
    auth: Literal["sha", "sha256", "sha512"] = "sha256"
    auth_key: SecretStr | None = None
    privacy_key: SecretStr | None = None
    """AES-128 where it is given."""

    @model_validator(mode="after")
    def _is_one_version(self) -> Self:
        if (self.community is None) == (self.user is None):
            raise ValueError("either community (SNMP v2c) or user (v3)")
        if self.user is None and (self.auth_key or self.privacy_key):
            raise ValueError("auth_key and privacy_key need a user")
        if self.privacy_key and not self.auth_key:
            raise ValueError("privacy_key needs auth_key (RFC 3414, 1.4.3)")
        return self


class MqttLocalSettings(ProfiledSettings):
    """A device that publishes on the estate's own broker; entries of one address share a connection."""

    kind: Literal["mqtt_local"]
    url: SecretStr
    """`mqtt://host:port` or `mqtt://user:password@host:port`."""
    device: str = Field(default="", max_length=100, pattern=r"^[^#+\x00]*$")
    """What stands for `{device}` in the profile's topics."""

    @field_validator("url")
    @classmethod
    def _is_mqtt(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(("mqtt://", "${")):
            raise ValueError("mqtt://host:port or mqtt://user:password@host:port")
        return url


class BoxSettings(ProfiledSettings):
    """The box itself. Faults of all its points are told of the agent; points named here are also readings."""

    kind: Literal["box"]
    points: dict[PointKey, SensorId] = Field(default_factory=dict, max_length=100)


SensorSettings = Annotated[
    SimulatedSettings | ModbusSettings | SnmpSettings | MqttLocalSettings | BoxSettings,
    Field(discriminator="kind"),
]
