"""Units as codes of UCUM, the Unified Code for Units of Measure (ucum.org, 2.2; sections 2 to 4).

Only units that equipment on estates measures in are known, so that a slip (`kWh`, `°C`, `VA`) is found.
"""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

WITH_PREFIX: Final = frozenset(
    {"m", "s", "g", "A", "K", "V", "W", "Hz", "Pa", "J", "N", "Ohm", "By", "bit", "lm", "lx", "L", "bar"}
)
WITHOUT: Final = frozenset({"1", "%", "Cel", "min", "h", "d", "deg", "[ppm]", "[degF]"})
PREFIXES: Final = ("n", "u", "m", "c", "d", "k", "M", "G", "T", "Ki", "Mi", "Gi")
EXAMPLES: Final = "Cel, %, V, V.A, kW.h, By, Hz, 1"

ATOMS: Final = WITHOUT | WITH_PREFIX | {prefix + unit for unit in WITH_PREFIX for prefix in PREFIXES}
_TERM: Final = re.compile(r"(?P<atom>1|[^\d{}]+)(?:[+-]?[1-9])?(?:\{[^{}]+\})?|\{[^{}]+\}")


def is_ucum(code: str) -> bool:
    """Whether the code is one of UCUM's, made of units that are known here."""
    terms = re.split(r"[./]", code.removeprefix("/"))
    found = [_TERM.fullmatch(term) for term in terms]
    return all(term is not None and term["atom"] in ATOMS | {None} for term in found)


def _checked(code: str) -> str:
    if not is_ucum(code):
        raise ValueError(f"a UCUM code is needed, for example {EXAMPLES}")
    return code


Unit = Annotated[str, Field(min_length=1, max_length=16), AfterValidator(_checked)]
"""A UCUM code; `1` for a share, a count, or yes and no."""
