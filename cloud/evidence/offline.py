"""Verifies what we hand out, evidence files and certificates, with nothing but the trust anchors."""

from typing import BinaryIO

from cloud.evidence.bundle import checks, container, members
from cloud.evidence.bundle.anchors import Anchors
from cloud.evidence.bundle.report import Report, refused
from cloud.evidence.bundle.seen import look


def verify(file: BinaryIO, anchors: Anchors) -> Report:
    """Everything that is to be said of a file."""
    try:
        seen = look(file)
    except container.Refused as found:
        return refused(found.words)
    if members.CERTIFICATE not in seen.listed:
        return checks.report(seen, anchors, checks.CHECKS)
    from cloud.evidence.certificate.checks import CHECKS  # noqa: PLC0415 - it counts, which takes numpy

    return checks.report(seen, anchors, CHECKS)
