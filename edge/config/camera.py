"""One camera's settings."""

from pydantic import Field, SecretStr

from contracts.ids import CameraId
from edge.config.onvif import OnvifSettings
from edge.config.sight import SightSettings


class CameraSettings(SightSettings):
    """One camera."""

    id: CameraId
    url: SecretStr
    """RTSP address or a file; `${NAME}` is taken from the environment."""
    onvif: OnvifSettings | None = None
    """How it is asked about itself; None: not at all."""
    lost_after_s: float = Field(default=8, gt=0, le=10)
    """Silence after which the camera counts as lost."""
