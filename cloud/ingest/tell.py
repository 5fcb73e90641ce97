"""What is counted and logged of a committed batch: a line for each event that somebody may ask about."""

from collections import Counter
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from cloud.ingest.handle import Outcome
from cloud.metrics import IngestMetrics

QUIET = frozenset({"camera_minute", "sensor_reading"})
"""Kinds that flow in steadily. A line for each would bury the others."""


def committed(metrics: IngestMetrics, log: FilteringBoundLogger, outcome: Outcome, now: datetime) -> None:
    """Metrics and the lines that tell a message's story. now: after the commit."""
    metrics.batch_messages.observe(len(outcome.stored) + len(outcome.copies) + len(outcome.refused))
    kinds = Counter(event.kind for event in outcome.stored)
    for kind, count in kinds.items():
        metrics.messages.labels(kind, "stored").inc(count)
    lags = {kind: metrics.lag_s.labels(kind) for kind in kinds}
    for event in outcome.stored:
        lag_s = (now - event.observed_at).total_seconds()
        lags[event.kind].observe(max(0.0, lag_s))
        if event.kind not in QUIET:
            log.info(
                "event_committed",
                message_id=str(event.message_id),
                kind=event.kind,
                agent=event.agent,
                boot=str(event.boot),
                seq=event.seq,
                lag_s=round(lag_s, 3),
            )
    for kind, count in Counter(event.kind for event in outcome.copies).items():
        metrics.messages.labels(kind, "copy").inc(count)
    _refused(metrics, log, outcome)


def _refused(metrics: IngestMetrics, log: FilteringBoundLogger, outcome: Outcome) -> None:
    for envelope, refusal in outcome.refused:
        metrics.messages.labels(refusal.kind, "dead").inc()
        metrics.dead_letters.labels(refusal.reason).inc()
        log.warning(
            "dead_letter",
            topic=envelope.topic,
            reason=refusal.reason,
            detail=refusal.detail,
            boot=None if refusal.boot is None else str(refusal.boot),
            seq=refusal.seq,
        )
