"""Sets a certificate: its chain and its JSON on standard input, the PDF on standard output."""

import json
import sys
from importlib import resources
from typing import Final

import typst

from cloud.core.certificate.content import Certificate
from cloud.evidence.certificate.paper import Chain
from cloud.evidence.certificate.paper.view import view

CHINESE: Final = ("Noto Sans CJK SC", "Noto Serif CJK SC")


def main() -> None:
    """Raises SystemExit with a sentence where it cannot."""
    head, _, content = sys.stdin.buffer.read().partition(b"\n")
    sys.stdout.buffer.write(paper(content, Chain.model_validate_json(head)))


def paper(content: bytes, chain: Chain) -> bytes:
    """The PDF of `certificate.json`; the same content makes the same bytes.

    Raises:
        SystemExit: A font is missing.
    """
    fonts = typst.Fonts()
    if missing := [family for family in CHINESE if family not in fonts.families()]:
        raise SystemExit(f"the font {missing[0]} is not installed: apt-get install fonts-noto-cjk")
    certificate = Certificate.model_validate_json(content)
    told = json.dumps(view(certificate, content, chain), ensure_ascii=False)
    template = resources.files(__package__).joinpath("certificate.typ").read_bytes()
    return typst.compile(
        template,
        font_paths=fonts,
        sys_inputs={"told": told},
        pdf_standards=["a-2b"],
        timestamp=int(certificate.content.asked.at.timestamp()),
    )


if __name__ == "__main__":
    main()
