"""How a camera is asked by ONVIF about itself."""

from pydantic import Field, SecretStr

from contracts.devices import FaultName
from edge.config.base import Section


class OnvifSettings(Section):
    """A camera's ONVIF: its identity, clock, and what it reports of itself."""

    url: SecretStr = SecretStr("")
    """`http://user:${NAME}@host:port`; empty: it follows from the camera's `make`."""
    check_s: float = Field(default=300, ge=10, le=86_400)
    """Between two looks at identity and clock."""
    clock_limit_s: float = Field(default=5, ge=2, le=3600)
    """Its clock may be off by so much; ONVIF tells whole seconds."""
    set_clock: bool = False
    """Whether to set its clock when it is off by more, unless it follows a time server."""
    wanted_firmware: str = Field(default="", max_length=64)
    """Another one is a fault; empty: any will do, or what the profile says."""
    events: bool = True
    """Whether to listen to what it reports of itself: tampering, blurred, too hot."""
    inputs: dict[str, FaultName] = Field(default_factory=dict, max_length=16)
    """Its digital inputs: token → the fault that it means when it is on, as `cabinet_open`."""
