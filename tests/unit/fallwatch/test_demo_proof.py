"""The proof of the walk follows one fall of its own run."""

from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from contracts import topics
from contracts.messages import FallingObject, TrackPoint, encode
from fallwatch.demo import proof
from fallwatch.demo.tap import Tap

AT = datetime(2026, 1, 1, tzinfo=UTC)
NOW, BEFORE = UUID(int=1), UUID(int=2)
ALERTS = {"now": NOW, "before": BEFORE}


def _fall() -> bytes:
    return encode(
        FallingObject(
            message_id=NOW,
            agent="demo-box",
            boot=UUID(int=7),
            seq=1,
            observed_at=AT,
            camera="cam-east",
            frame_width=640,
            frame_height=360,
            track=tuple(TrackPoint(t_s=t / 10, x_px=5, y_px=t) for t in range(3)),
            last_visible_at=AT,
            decided_at=AT,
            score=0.9,
        )
    )


def _cloud(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/api/live":
        lines = [
            f'event: change\nid: {n}\ndata: {{"topic": "alert", "id": "{alert}"}}\n\n'
            for n, alert in enumerate(("before", "now"))
        ]
        return httpx.Response(200, text="".join(lines))
    message_id = ALERTS[request.url.path.rpartition("/")[2]]
    return httpx.Response(200, json={"camera": {"id": "cam-east"}, "message_id": str(message_id)})


async def test_an_alert_that_an_earlier_run_left_unfinished_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proof, "TAP_S", 0.05)
    tap = Tap()
    tap.take(topics.event("demo-box"), _fall(), AT)
    async with httpx.AsyncClient(transport=httpx.MockTransport(_cloud), base_url="http://demo") as desk:
        raised = await proof.first_alert(desk, 0, tap)
    assert raised.fall.message_id == NOW
    assert raised.detail["message_id"] == str(NOW)
