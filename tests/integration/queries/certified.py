"""What a certificate tells beside its figures."""

from collections.abc import Mapping
from typing import Final

from cloud.store import alerts, certified
from tests.integration.queries.made import FALL, At, Case, later

SPAN = (later(-600), later(600))


async def _faults(at: At) -> object:
    return await certified.faults(at.conn, "garden", ["cam-east"], ["box-a"], SPAN)


CASES: Final[Mapping[str, Case]] = {
    "alerts.observed": lambda at: alerts.observed(at.conn, ["cam-east", "cam-west"], *SPAN),
    "certified.faults": _faults,
    "certified.fault_lines": lambda at: certified.fault_lines(at.conn, [at.oldest["fault"]]),
    "certified.alert_lines": lambda at: certified.alert_lines(at.conn, [at.oldest["alert"]]),
    "certified.clips": lambda at: certified.clips(at.conn, [FALL.message_id]),
}
