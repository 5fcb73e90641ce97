"""Any message survives the wire; what no honest device sends is refused."""

import json
from datetime import UTC, datetime, timedelta, timezone
from itertools import accumulate
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts import base
from contracts import messages as m

CALM = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

NAMES = st.from_regex(r"\A[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?\Z")
INSTANTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=base.MAX_TEXT)
DIGESTS = st.from_regex(r"\A[0-9a-f]{64}\Z")
CLOCKS = st.builds(
    base.Clock, offset_s=st.none() | NUMBERS, uncertainty_s=st.none() | st.floats(0, 1e6, allow_nan=False)
)
IDENTITY = {
    "message_id": st.uuids(),
    "agent": NAMES,
    "boot": st.uuids(),
    "seq": st.integers(1, 2**63 - 1),
    "observed_at": INSTANTS,
    "clock": CLOCKS,
}


@st.composite
def _falls(draw: st.DrawFn) -> m.FallingObject:
    steps = draw(st.lists(st.floats(1e-3, 1), min_size=3, max_size=20))
    points = [m.TrackPoint(t_s=t, x_px=draw(NUMBERS), y_px=draw(NUMBERS)) for t in accumulate(steps)]
    identity = {name: draw(strategy) for name, strategy in IDENTITY.items()}
    at = identity["observed_at"]
    assert isinstance(at, datetime)
    return m.FallingObject.model_validate(
        {
            **identity,
            "camera": draw(NAMES),
            "frame_width": draw(st.integers(1, 10_000)),
            "frame_height": draw(st.integers(1, 10_000)),
            "track": points,
            "last_visible_at": at + timedelta(seconds=points[-1].t_s),
            "decided_at": draw(INSTANTS),
            "score": draw(st.floats(0, 1)),
            "place": draw(st.none() | _places()),
            "origin": draw(
                st.none() | st.builds(m.Origin, x_px=NUMBERS, y_px=NUMBERS, uncertainty_px=st.floats(0, 99))
            ),
        }
    )


ESTIMATES = st.builds(m.Estimate, value=NUMBERS, low=NUMBERS, high=NUMBERS)


@st.composite
def _places(draw: st.DrawFn) -> m.Place:
    low, floor, high = sorted(draw(st.tuples(*[st.integers(1, 200)] * 3)))
    return m.Place(
        from_above=draw(st.booleans()),
        floor=floor,
        floor_low=low,
        floor_high=high,
        floor_probability=draw(st.floats(0, 1)),
        bay=draw(st.integers(1, 200)),
        flat=draw(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=16)),
        flat_probability=draw(st.floats(0, 1)),
        height_m=draw(ESTIMATES),
        speed_m_s=draw(st.none() | ESTIMATES),
        energy_j_per_kg=draw(st.none() | ESTIMATES),
        size_m=draw(st.none() | ESTIMATES),
    )


@st.composite
def _ends(draw: st.DrawFn) -> m.FallEnded:
    steps = draw(st.lists(st.floats(1e-3, 1), min_size=3, max_size=20))
    begin = draw(st.floats(-5, 0))
    points = [m.TrackPoint(t_s=begin + t, x_px=draw(NUMBERS), y_px=draw(NUMBERS)) for t in accumulate(steps)]
    identity = {name: draw(strategy) for name, strategy in IDENTITY.items()}
    return m.FallEnded.model_validate(
        {
            **identity,
            "camera": draw(NAMES),
            "event": draw(st.uuids()),
            "track": points,
            "place": draw(st.none() | _places()),
        }
    )


EVENTS: st.SearchStrategy[base.Durable] = st.one_of(
    _falls(),
    _ends(),
    st.builds(
        m.ClipSealed,
        camera=NAMES,
        event=st.uuids(),
        sha256=DIGESTS,
        size_bytes=st.integers(1, 2**40),
        manifest=TEXTS,
        signature=TEXTS,
        certificate=TEXTS,
        **IDENTITY,
    ),
    st.builds(m.ClipFailed, camera=NAMES, event=st.uuids(), reason=TEXTS, **IDENTITY),
    st.builds(
        m.CameraState, camera=NAMES, state=st.sampled_from(["streaming", "lost"]), reason=TEXTS, **IDENTITY
    ),
    st.builds(
        m.CameraMinute,
        camera=NAMES,
        watched_s=st.floats(0, 60),
        frames=st.integers(0, 10_000),
        dropped=st.integers(0, 10_000),
        **IDENTITY,
    ),
    st.builds(
        m.SensorReading,
        sensor=NAMES,
        quantity=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=64),
        value=NUMBERS,
        unit=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=16),
        **IDENTITY,
    ),
)
ENDS = st.tuples(st.integers(1, 2**63 - 1), st.integers(1, 2**63 - 1)).map(sorted)
RANGES = st.builds(
    lambda boot, ends: base.SeqRange(boot=boot, first=ends[0], last=ends[1]), boot=st.uuids(), ends=ENDS
)
RECEIPTS: st.SearchStrategy[m.Confirm | m.Reject] = st.one_of(
    st.builds(m.Confirm, ranges=st.lists(RANGES, min_size=1, max_size=8).map(tuple)),
    st.builds(m.Reject, boot=st.uuids(), seq=st.integers(1, 2**63 - 1), reason=TEXTS),
)

FALL = {
    "message_id": str(UUID(int=1)),
    "agent": "box",
    "boot": str(UUID(int=2)),
    "seq": 1,
    "observed_at": "2026-03-01T06:30:12Z",
    "kind": "falling_object",
    "camera": "cam",
    "frame_width": 1920,
    "frame_height": 1080,
    "track": [{"t_s": n / 25, "x_px": 5.0, "y_px": float(n)} for n in range(4)],
    "last_visible_at": "2026-03-01T06:30:13Z",
    "decided_at": "2026-03-01T06:30:13Z",
    "score": 0.5,
}


def test_a_range_of_sequence_numbers_runs_forward() -> None:
    one = base.SeqRange(boot=UUID(int=2), first=7, last=7)
    assert (one.first, one.last) == (7, 7)
    with pytest.raises(ValidationError, match="first 8 is after last 7"):
        base.SeqRange(boot=UUID(int=2), first=8, last=7)


@CALM
@given(EVENTS)
def test_any_event_survives_encode_and_parse(event: base.Durable) -> None:
    read = m.EVENT.validate_json(m.encode(event))
    assert read == event
    assert m.encode(read) == m.encode(event)


@CALM
@given(RECEIPTS)
def test_any_receipt_survives_encode_and_parse(receipt: m.Confirm | m.Reject) -> None:
    assert m.RECEIPT.validate_json(m.encode(receipt)) == receipt


@CALM
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_at_all_do_more_than_be_refused(payload: bytes) -> None:
    with pytest.raises(ValidationError):
        m.EVENT.validate_json(payload, extra="ignore")


def test_the_yardstick_of_the_refusals_is_itself_accepted() -> None:
    assert m.EVENT.validate_json(json.dumps(FALL)).kind == "falling_object"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"score": float("nan")}, "score"),
        ({"score": float("inf")}, "score"),
        ({"score": 1.01}, "score"),
        ({"track": [{"t_s": float("nan"), "x_px": 1, "y_px": 1}] * 3}, "t_s"),
        ({"track": [{"t_s": 0, "x_px": float("inf"), "y_px": 1}] * 3}, "x_px"),
        ({"track": FALL["track"][:2]}, "track"),  # type: ignore[index]
        ({"track": [{"t_s": 0.0, "x_px": 1.0, "y_px": 1.0}] * 3}, "increase"),
        ({"track": [{"t_s": n, "x_px": 1.0, "y_px": 1.0} for n in range(m.MAX_TRACK_POINTS + 1)]}, "track"),
        ({"observed_at": "2026-03-01T06:30:12"}, "observed_at"),
        ({"last_visible_at": "2026-03-01T06:30:11Z"}, "last_visible_at"),
        ({"seq": 0}, "seq"),
        ({"seq": -1}, "seq"),
        ({"seq": 2**63}, "seq"),
        ({"frame_width": 2**31}, "frame_width"),
        ({"observed_at": "0001-01-01T00:00:00+14:00"}, "observed_at"),
        ({"decided_at": "9999-12-31T23:59:59-11:00"}, "decided_at"),
        ({"protocol": 2}, "protocol"),
        ({"kind": "rising_object"}, "kind"),
        ({"agent": "a/b"}, "agent"),
        ({"agent": "+"}, "agent"),
        ({"agent": "#"}, "agent"),
        ({"agent": ""}, "agent"),
        ({"agent": "x" * 64}, "agent"),
        ({"camera": "Cam East"}, "camera"),
        ({"camera": "cam\n"}, "camera"),
        ({"message_id": "not-a-uuid"}, "message_id"),
        ({"frame_width": 0}, "frame_width"),
    ],
)
def test_a_hostile_fall_is_refused_and_the_field_is_named(changed: dict[str, object], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        m.EVENT.validate_json(json.dumps({**FALL, **changed}), extra="ignore")


def test_text_that_no_database_can_hold_is_refused() -> None:
    state = {name: FALL[name] for name in ("message_id", "agent", "boot", "seq", "observed_at", "camera")}
    lost = {**state, "kind": "camera_state", "state": "lost", "reason": "no\0packet"}
    with pytest.raises(ValidationError, match="reason"):
        m.EVENT.validate_json(json.dumps(lost))


@pytest.mark.parametrize("field", sorted(set(FALL) - {"kind"}))
def test_nothing_of_a_fall_may_be_missing(field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        m.EVENT.validate_json(json.dumps({name: value for name, value in FALL.items() if name != field}))


def test_a_number_beyond_what_a_double_holds_is_refused() -> None:
    text = json.dumps(FALL).replace('"score": 0.5', '"score": 1e999')
    with pytest.raises(ValidationError, match="score"):
        m.EVENT.validate_json(text)


def test_a_message_cannot_be_changed_once_made() -> None:
    fall = m.EVENT.validate_json(json.dumps(FALL))
    with pytest.raises(ValidationError, match="frozen"):
        fall.seq = 2


def test_a_confirmation_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="ranges"):
        m.RECEIPT.validate_json('{"kind":"confirm","ranges":[]}')


def test_the_longest_track_fits_into_one_message() -> None:
    track = [{"t_s": n / 7, "x_px": n / 7 + 1000, "y_px": n / 7 + 1000} for n in range(m.MAX_TRACK_POINTS)]
    fall = m.EVENT.validate_json(json.dumps({**FALL, "track": track}))
    assert len(m.encode(fall)) <= base.MAX_MESSAGE_BYTES
