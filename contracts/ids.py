"""Names that both sides use for the same things."""

from typing import Annotated

from pydantic import StringConstraints

_NAME = r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"

AgentId = Annotated[str, StringConstraints(pattern=_NAME)]
"""An edge box. It is the common name of its certificate and a level of its topics, so: no `/`, `+`, `#`."""

CameraId = Annotated[str, StringConstraints(pattern=_NAME)]
"""A camera, unique among all estates of one cloud."""

SensorId = Annotated[str, StringConstraints(pattern=_NAME)]
"""A sensor, unique among all estates of one cloud."""

FacadeId = Annotated[str, StringConstraints(pattern=_NAME)]
"""A side of a building, unique among all estates of one cloud."""

ProfileId = Annotated[str, StringConstraints(pattern=_NAME)]
"""A device profile, as its file is called."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest (FIPS 180-4) in lower-case hexadecimal."""
