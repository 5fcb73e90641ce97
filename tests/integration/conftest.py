"""Fixtures that integration tests share."""

from tests.fixtures.world import evidence_url, world

__all__ = ["evidence_url", "world"]
