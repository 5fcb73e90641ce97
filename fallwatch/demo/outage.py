"""Camera 2's misfortune: its stream dies, stays away for a while, comes back; and again later.

Away long enough for a visitor to log in as maintenance, take the work order and see the facade blind.
"""

from dataclasses import dataclass

from fallwatch.local.rtsp import RtspCamera


@dataclass(frozen=True)
class Schedule:
    """When the camera dies and returns, seconds."""

    first_s: float = 45
    away_s: float = 70
    period_s: float = 240

    def is_away(self, passed_s: float) -> bool:
        """Whether the camera is dead this long after the start."""
        since_first = passed_s - self.first_s
        return since_first >= 0 and since_first % self.period_s < self.away_s


def apply(camera: RtspCamera, *, away: bool) -> str | None:
    """Bring the camera to what the schedule says; a sentence if that changed something."""
    if away and camera.running:
        camera.kill()
        return "camera 2 has died (on purpose): maintenance sees a fault, the bureau a blind facade"
    if not away and not camera.running:
        camera.restart()
        return "camera 2 is back"
    return None
