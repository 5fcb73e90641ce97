"""Sets a PDF for archives out of a package's template; for the programs that `printed` starts."""

from collections.abc import Sequence
from importlib import resources

import typst


def typeset(package: str, template: str, told: str, families: Sequence[str], at_s: int) -> bytes:
    """The PDF; the same content makes the same bytes.

    told: JSON, which the template reads as `sys.inputs.told`. families: of the fonts that it names.
    at_s: Unix time when it was made.

    Raises:
        SystemExit: A font is missing.
    """
    fonts = typst.Fonts()
    if missing := [family for family in families if family not in fonts.families()]:
        raise SystemExit(f"the font {missing[0]} is not installed: apt-get install fonts-noto-cjk")
    return typst.compile(
        resources.files(package).joinpath(template).read_bytes(),
        font_paths=fonts,
        sys_inputs={"told": told},
        pdf_standards=["a-2b"],
        timestamp=at_s,
    )
