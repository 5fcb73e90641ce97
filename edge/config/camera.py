"""One camera's settings."""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from contracts.ids import CameraId, ProfileId
from edge.config.base import Section
from edge.config.onvif import OnvifSettings
from edge.config.sensor import Host, Port
from edge.config.sight import SightSettings


class MakeSettings(Section):
    """A camera by its make: the profile knows what its address looks like."""

    profile: ProfileId
    host: Host
    port: Port | None = None
    """As the profile says, if None."""
    user: str = Field(default="", max_length=64)
    password: SecretStr = SecretStr("")
    """`${NAME}` is taken from the environment; characters that an address may not have are encoded."""
    channel: int = Field(default=1, ge=1, le=512)
    """Of a recorder; a camera's only one is 1."""
    stream: Literal["main", "sub"] = "main"


class CameraSettings(SightSettings):
    """One camera."""

    id: CameraId
    url: SecretStr = SecretStr("")
    """RTSP address or a file; `${NAME}` is taken from the environment. Not where `make` is."""
    make: MakeSettings | None = None
    """Instead of `url`: once loaded, `url` is the address that follows from it."""
    onvif: OnvifSettings | None = None
    """How it is asked about itself; None: not at all."""
    transport: Literal["tcp", "udp"] = "tcp"
    """How RTSP brings the video. UDP only where TCP does not work: a lost datagram smears the picture."""
    lost_after_s: float = Field(default=8, gt=0, le=10)
    """Silence after which the camera counts as lost."""

    @model_validator(mode="after")
    def _has_one_address(self) -> Self:
        if bool(self.url.get_secret_value()) == (self.make is not None):
            raise ValueError("a camera has either url or make")
        return self
