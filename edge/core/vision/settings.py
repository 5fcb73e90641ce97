"""The detector's constants: each has a name, a unit and a source in physics, optics or the eye's tasks.

Lengths in the picture are in units of `u` = short side of the picture ÷ 720, so that 720p, 1080p and 4K views
of the same wall behave alike. "H" is the picture's short side.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """What may be chosen about the detector. One instance serves a camera for its life.

    sensitivity: 0…1; the score from which a fall is reported is 1 - sensitivity.
    """

    sensitivity: float = 0.5

    @property
    def certain(self) -> float:
        """The score from which a fall is reported while it goes on, never to be taken back."""
        return 1 - 0.6 * self.sensitivity

    # Foreground. A thing in free fall moves 5 cm in its first 0.1 s and 15 cm in the next: enough to leave
    # its own outline, short enough that a bird or a lamp has not changed its look. Presentation time counts.
    # Cameras that repeat pictures show ten new ones a second at the least: neighbours always differ.
    neighbour_gap_s: float = 0.095
    neighbour_limit_s: float = 0.5
    """Neighbours farther apart than this compare two different illuminations."""
    repeat_peak: int = 2
    """A picture that nowhere differs by more grey levels is the one before again; codecs round by two."""
    block_px: int = 8
    """Side of the squares that learn their own activity, in reduced pixels (H.264's transform block)."""
    peak_floor: float = 5.0
    """Smallest difference worth a look, grey levels: 8 of contrast, half lost by a small object's blur."""
    activity_quantile: float = 0.97
    activity_rise_per_s: float = 12.0
    """How fast the quantile rises while exceeded, grey levels a second (a tree is learnt in seconds)."""
    flood_share: float = 0.2
    """Share of active squares above which the whole picture changed: bump, lightning, exposure."""
    max_candidates: int = 96
    """A bound for the linking: rain yields thousands."""

    # Linking.
    seed_max_speed_h_s: float = 2.0
    """Fastest first sight, H a second: 30 m/s (drag limits most litter below) where H shows 15 m."""
    max_traces: int = 64
    tentative_gap_s: float = 0.13
    coast_s: float = 0.3
    """How long a confirmed track goes on unseen; also bounds how late a fall is decided."""
    stitch_s: float = 0.7
    """Longest time behind a tree or a balcony that two pieces are joined over."""
    backward_s: float = 4.0
    """How long candidates are remembered, to follow a fall back to its release."""

    # Verdict.
    min_points: int = 6
    min_duration_s: float = 0.2
    min_travel_u: float = 40.0
    haunt_share: float = 0.25
    """A square that is active for more than this share of the time is a tree, a screen or a road."""

    verdict_by: Literal["both", "verifier", "rules"] = "both"
    """Who decides where there is a verifier; one of them alone is for comparing them."""

    # Merging.
    sibling_x_h: float = 0.13
    """Reflections and splashes stay this near to the object sideways, H: half a flat's width."""
    sibling_y_h: float = 0.3
    decide_after_s: float = 0.4
    """Latest decision after the object was last seen."""
