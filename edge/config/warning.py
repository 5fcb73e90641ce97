"""What may be switched while something seems to fall: sirens, lamps, loudspeakers. By default nothing."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from contracts.ids import CameraId, SensorId
from edge.config.base import Section, SettingsError


class ModbusCoil(Section):
    """A coil of a Modbus TCP device."""

    kind: Literal["modbus_coil"]
    host: str = Field(min_length=1)
    port: int = Field(default=502, ge=1, le=65535)
    unit: int = Field(default=1, ge=0, le=255)
    coil: int = Field(ge=0, le=65535)
    """Its address on the wire, from 0; data sheets may count from 1."""


class HttpRequest(Section):
    """One request."""

    url: SecretStr
    """`${NAME}` is taken from the environment."""
    method: Literal["GET", "POST", "PUT"] = "POST"
    body: str = ""


class HttpSwitch(Section):
    """Something that is switched by HTTP requests."""

    kind: Literal["http"]
    switch_on: HttpRequest
    switch_off: HttpRequest
    """Not `on` and `off`, which YAML reads as true and false."""


class OnvifRelay(Section):
    """A relay output of an ONVIF camera or input/output box."""

    kind: Literal["onvif_relay"]
    url: SecretStr
    """`http://user:${NAME}@host`, as of a camera's `onvif`."""
    relay: str = Field(default="", max_length=64)
    """Its token; empty: the device's first."""


Switch = Annotated[ModbusCoil | HttpSwitch | OnvifRelay, Field(discriminator="kind")]


class WarningDevice(Section):
    """One siren, lamp or loudspeaker."""

    id: SensorId
    cameras: tuple[CameraId, ...] = Field(min_length=1)
    """Whose suspicions switch it."""
    switch: Switch
    hold_s: float = Field(default=8, ge=1, le=120)
    """How long it stays on."""
    rest_s: float = Field(default=60, ge=0, le=86_400)
    """How long it stays off afterwards, whatever is suspected."""
    per_hour: int = Field(default=6, ge=1, le=60)
    """How often an hour it may be switched on."""


class WarningSettings(Section):
    """Warning before something lands."""

    sure: float = Field(default=0.9, gt=0, le=1)
    """How sure the detector must be; what each value costs: docs/design/warning.md."""
    devices: tuple[WarningDevice, ...] = Field(default=(), max_length=32)

    def device(self, device: str) -> WarningDevice:
        """The settings of one device.

        Raises:
            SettingsError: There is no such device.
        """
        found = next((one for one in self.devices if one.id == device), None)
        if found is None:
            known = ", ".join(one.id for one in self.devices) or "none"
            raise SettingsError(f"there is no warning device {device!r} in the settings; known: {known}")
        return found

    def limit_for(self, camera: str) -> float | None:
        """How sure the camera's worker must be to say so; None where nothing would be switched."""
        return self.sure if any(camera in device.cameras for device in self.devices) else None
