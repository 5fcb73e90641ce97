"""Fixtures that integration tests share."""

from tests.fixtures.ingest import cloud, device
from tests.fixtures.world import evidence_more, evidence_url, world

__all__ = ["cloud", "device", "evidence_more", "evidence_url", "world"]
