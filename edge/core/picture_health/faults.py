"""The faults of a picture: from when on each counts, for how long it must last, how bad it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from edge.core.condition import Limit, Policy

Severity = Literal["warning", "serious", "critical"]
GRAVITY: Final[tuple[Severity, ...]] = ("warning", "serious", "critical")
"""From the least to the gravest."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind. unit: UCUM code of its value. Where the figures come from: docs/design/picture-health.md."""

    limit: Limit
    policy: Policy
    severity: Severity
    unit: str


QUICK: Final = Policy(on_delay_s=6, off_delay_s=20)
STEADY: Final = Policy(on_delay_s=10, off_delay_s=30)
PATIENT: Final = Policy(on_delay_s=20, off_delay_s=60)

FAULTS: Final[Mapping[str, Fault]] = {
    "stalled": Fault(Limit(4, 2), Policy(on_delay_s=0, off_delay_s=10), "serious", "s"),
    "frozen": Fault(Limit(8, 3), Policy(on_delay_s=3, off_delay_s=20), "critical", "1"),
    "low_frame_rate": Fault(Limit(0.5, 0.7), PATIENT, "serious", "1"),
    "unrecorded": Fault(Limit(0.1, 0.05), Policy(on_delay_s=20, off_delay_s=20), "serious", "1"),
    "covered": Fault(Limit(0.6, 0.4), QUICK, "critical", "1"),
    "dark": Fault(Limit(0.3, 0.45), STEADY, "serious", "1"),
    "over_exposed": Fault(Limit(0.28, 0.15), PATIENT, "serious", "1"),
    "defocused": Fault(Limit(1.5, 1.0), STEADY, "serious", "{px}"),
    "moved": Fault(Limit(1.2, 0.7), STEADY, "serious", "%"),
    "noisy": Fault(Limit(4, 2.5), STEADY, "warning", "1"),
    "striped": Fault(Limit(2.5, 1.5), STEADY, "warning", "1"),
    "colour_cast": Fault(Limit(8, 5), PATIENT, "warning", "1"),
    "ir_cut_stuck": Fault(Limit(6, 4), PATIENT, "serious", "1"),
    "soiled": Fault(Limit(0.12, 0.08), Policy(on_delay_s=30, off_delay_s=60), "warning", "1"),
}


def with_thresholds(
    thresholds: Mapping[str, float], faults: Mapping[str, Fault] = FAULTS
) -> dict[str, Fault]:
    """The faults with other limits; each keeps the share of its deadband. Unknown names are left out."""
    return {
        name: replace(fault, limit=_moved(fault.limit, thresholds[name])) if name in thresholds else fault
        for name, fault in faults.items()
    }


def _moved(limit: Limit, raise_at: float) -> Limit:
    return Limit(raise_at, raise_at * limit.clear_at / limit.raise_at)
