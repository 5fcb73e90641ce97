"""Sets the bureau's month: what it says as JSON on standard input, the PDF on standard output."""

import json
import sys
from typing import Final

from cloud.printing.typeset import typeset

CHINESE: Final = ("Noto Sans CJK SC",)


def main() -> None:
    """Raises SystemExit with a sentence where it cannot."""
    told = sys.stdin.read()
    made = typeset("cloud.api.report", "report.typ", told, CHINESE, json.loads(told)["at_s"])
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
