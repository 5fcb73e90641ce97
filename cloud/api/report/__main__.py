"""Sets the bureau's month: what it says as JSON on standard input, the PDF on standard output."""

import json
import sys
from importlib import resources
from typing import Final

import typst

FONT: Final = "Noto Sans CJK SC"


def main() -> None:
    """Raises SystemExit with a sentence where it cannot."""
    told = sys.stdin.read()
    fonts = typst.Fonts()
    if FONT not in fonts.families():
        raise SystemExit(f"the font {FONT} is not installed: apt-get install fonts-noto-cjk")
    template = resources.files(__package__).joinpath("report.typ").read_bytes()
    made = typst.compile(
        template,
        font_paths=fonts,
        sys_inputs={"told": told},
        pdf_standards=["a-2b"],
        timestamp=json.loads(told)["at_s"],
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
