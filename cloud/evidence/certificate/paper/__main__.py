"""Sets a certificate: its chain and its JSON on standard input, the PDF on standard output."""

import json
import sys
from typing import Final

from cloud.core.certificate.content import Certificate
from cloud.evidence.certificate.paper import Chain
from cloud.evidence.certificate.paper.view import view
from cloud.printing.typeset import typeset

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
    certificate = Certificate.model_validate_json(content)
    told = json.dumps(view(certificate, content, chain), ensure_ascii=False)
    at_s = int(certificate.content.asked.at.timestamp())
    return typeset("cloud.evidence.certificate.paper", "certificate.typ", told, CHINESE, at_s)


if __name__ == "__main__":
    main()
