"""The machine: looks go in, reports of what is wrong with the picture, or right again, come out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

import numpy as np

from edge.core import condition
from edge.core.condition import Cleared, Condition, Effect, Measured, Raised, Steady, Unstable
from edge.core.picture_health import same
from edge.core.picture_health.faults import GRAVITY, Fault, Severity
from edge.core.picture_health.flow import Rate
from edge.core.picture_health.look import F32, Look
from edge.core.picture_health.measures import Seen, Value, Values, values
from edge.core.picture_health.scene import Scene, recognised, scene_of, tones
from edge.core.picture_health.usual import LEARN_LOOKS, Mode, Usual, followed, learnt, mode_of, rated
from edge.core.vision.frame import Luma

SMOOTH: Final = 5
"""A value is the median of so many looks: a lorry, a flash, a gust are none of them."""
SMOOTH_LEAST: Final = 3
STEADY_LOOKS: Final = 3
SETTLE_LOOKS: Final = 4
"""After the light changed between day and infrared nothing is told: exposure and focus settle."""
REPEAT_LOOKS: Final = 10
SLOW: Final = 10.0
"""New pictures a second from which on nobody calls a picture jerky."""
NIGHT: Final = 45.0
"""Mean luma below which a camera with an infrared lamp should see by it; later, where it has turned."""
SAME_LIGHT: Final = 0.9
SURELY_SAME_LIGHT: Final = 0.95
"""Correlations of the light on a picture's parts: an infrared lamp shines from elsewhere than the sky."""
VIEW: Final = ("covered", "moved")
SEARCH_LOOKS: Final = 4
"""A view that is gone is looked for elsewhere in one of so many looks: that costs as much as all the rest."""
TURN_SHARE: Final = 0.75
LONGEST_STEP_S: Final = 60.0

DISTURB: Final[Mapping[str, tuple[str, ...]]] = {
    "light": ("dark", "over_exposed", "covered"),
    "tint": ("colour_cast", "ir_cut_stuck", "covered", "moved", "dark", "over_exposed"),
    "noise": ("noisy", "covered", "dark", "over_exposed"),
    "focus": ("defocused", "covered", "moved", "soiled", "dark", "over_exposed"),
    "scene": (
        "covered",
        "moved",
        "soiled",
        "defocused",
        "striped",
        "noisy",
        "dark",
        "over_exposed",
        "frozen",
        "ir_cut_stuck",
    ),
}
"""What is not learnt while which faults are there, or may be."""


@dataclass(frozen=True, slots=True)
class Report:
    """Effect: tell it. value, usual, threshold: in the fault's unit; None where they say nothing.

    since: when it began. times: how often it came, where it is told as unstable.
    """

    fault: str
    state: Literal["raised", "cleared"]
    severity: Severity
    since: datetime
    value: float | None = None
    usual: float | None = None
    threshold: float | None = None
    unit: str = ""
    about: str = ""
    """Of `unstable`: which fault comes and goes."""


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """All that is remembered of one camera. Tuples of looks and their parts: the last few, oldest first.

    usual: by mode. recent: values of each fault. repeats: whether each of the last looks was one of those
    before. turned_at: mean luma at which the camera last turned to infrared. unstable: faults that flap.
    longest_step_s: so much is learnt from one look at most, however long nothing came.
    """

    conditions: Mapping[str, Condition]
    usual: Mapping[Mode, Usual] = field(default_factory=dict)
    mode: Mode | None = None
    in_mode: int = 0
    last: Look | None = None
    last_at: datetime | None = None
    learning: tuple[Look, ...] = ()
    thumbs: tuple[F32, ...] = ()
    points: tuple[Luma, ...] = ()
    repeats: tuple[bool, ...] = ()
    recent: Mapping[str, tuple[Value | None, ...]] = field(default_factory=dict)
    turned_at: float | None = None
    unstable: frozenset[str] = frozenset()
    longest_step_s: float = LONGEST_STEP_S


def start(
    faults: Mapping[str, Fault],
    at: datetime,
    open_faults: frozenset[str] = frozenset(),
    usual: Mapping[Mode, Usual] | None = None,
    *,
    longest_step_s: float = LONGEST_STEP_S,
) -> tuple[Watch, tuple[Report, ...]]:
    """A camera that has not been looked at yet. open_faults: raised before a restart and not cleared.

    What was unstable before is told as steady: how often it came is not remembered.
    """
    conditions = {name: condition.start(at, bad=name in open_faults) for name in faults}
    told = (Report("unstable", "cleared", "warning", at),) if "unstable" in open_faults else ()
    return Watch(conditions, dict(usual or {}), longest_step_s=longest_step_s), told


def looked(
    watch: Watch, faults: Mapping[str, Fault], look: Look, rate: Rate | None, at: datetime
) -> tuple[Watch, tuple[Report, ...]]:
    """After one more look. rate: pictures a second since the last, where it is known."""
    passed_s = 0.0 if watch.last_at is None else (at - watch.last_at).total_seconds()
    passed_s = min(max(passed_s, 0.0), watch.longest_step_s)
    watch = _remembered(_in_mode(watch, look), look)
    assert watch.mode is not None
    steady = scene_of(_median(watch.thumbs))
    mode = _light(watch, look, steady)
    usual = watch.usual.get(mode)
    settled = watch.in_mode > SETTLE_LOOKS or not watch.usual
    found: Values = {"frozen": _frozen(watch)}
    if settled:
        seen = Seen(look, steady, watch.last, _night(watch), search=_searching(watch, faults))
        found |= values(seen, usual) or _as_before(watch)
    if usual is not None and rate is not None:
        found |= _rates(rate, usual)
    smooth, watch = _smoothed(watch, found)
    watch, told = _judged(watch, faults, smooth, at)
    watch = _learnt(watch, (look, steady), rate, mode, passed_s) if settled else watch
    return replace(watch, last=look, last_at=at), told


def silent(
    watch: Watch, faults: Mapping[str, Fault], silence_s: float, at: datetime
) -> tuple[Watch, tuple[Report, ...]]:
    """While time passes: for how long no picture has come. 0 also while the camera is known to be lost."""
    return _judged(watch, faults, {"stalled": Value(silence_s)}, at)


def searched(
    watch: Watch, faults: Mapping[str, Fault], missed_share: float, at: datetime
) -> tuple[Watch, tuple[Report, ...]]:
    """While pictures are searched: the share of the last seconds in which none was."""
    return _judged(watch, faults, {"unrecorded": Value(missed_share)}, at)


def _in_mode(watch: Watch, look: Look) -> Watch:
    """Notes by which light the camera sees; what was remembered of the other light is forgotten."""
    mode = mode_of(look, watch.mode)
    if mode == watch.mode:
        return replace(watch, in_mode=watch.in_mode + 1)
    turned = watch.last.level if mode == "grey" and watch.last is not None else watch.turned_at
    return replace(
        watch, mode=mode, in_mode=1, last=None, learning=(), thumbs=(), recent={}, turned_at=turned
    )


def _median(thumbs: tuple[F32, ...]) -> F32:
    """Of three pixel by pixel; of fewer the last."""
    if len(thumbs) < STEADY_LOOKS:
        return thumbs[-1]
    one, two, three = thumbs
    return np.asarray(np.maximum(np.minimum(one, two), np.minimum(np.maximum(one, two), three)), np.float32)


def _light(watch: Watch, look: Look, steady: Scene) -> Mode:
    """Whose usual explains the look. A grey cloth, a dark or a tinted picture is not another light.

    It is, where the lamp has moved: the same edges, and light elsewhere. Else the picture is held against
    what is usual in the light before.
    """
    assert watch.mode is not None
    other: Mode = "colour" if watch.mode == "grey" else "grey"
    before = watch.usual.get(other)
    if before is None or before.scene.thumb.shape != look.thumb.shape:
        return watch.mode
    own = watch.usual.get(watch.mode)
    if own is None:
        turned = tones(before.scene, steady) < SAME_LIGHT and recognised(before.scene, steady)
        return watch.mode if turned else other
    alike = tones(before.scene, steady)
    return other if alike > SURELY_SAME_LIGHT and alike > tones(own.scene, steady) else watch.mode


def _remembered(watch: Watch, look: Look) -> Watch:
    fits = not watch.thumbs or watch.thumbs[-1].shape == look.thumb.shape
    repeat = same.repeats(look.points, watch.points)
    return replace(
        watch,
        thumbs=(*(watch.thumbs if fits else ()), look.thumb)[-STEADY_LOOKS:],
        points=(*watch.points, look.points)[-same.LAGS :],
        repeats=(*watch.repeats, repeat)[-REPEAT_LOOKS:],
        last=watch.last if fits else None,
    )


def _searching(watch: Watch, faults: Mapping[str, Fault]) -> bool:
    """Whether to look for the view elsewhere: at once when it has gone, then now and then."""
    view = [(faults[name].limit.raise_at, watch.recent.get(name, ())[-1:]) for name in VIEW]
    gone = any(last[0] is not None and last[0].now >= limit for limit, last in view if last)
    return not gone or watch.in_mode % SEARCH_LOOKS == 0


def _as_before(watch: Watch) -> Values:
    """What the last look told."""
    last = {name: several[-1] for name, several in watch.recent.items() if several and name != "frozen"}
    return {name: value for name, value in last.items() if value is not None}


def _frozen(watch: Watch) -> Value:
    """Of the last looks, those that showed nothing new."""
    return Value(float(sum(watch.repeats)), 0.0)


def _night(watch: Watch) -> float | None:
    """Below which mean luma a picture in colour should be infrared; None where nothing is known of it."""
    if watch.mode == "grey" or "grey" not in watch.usual:
        return None
    return NIGHT if watch.turned_at is None else min(NIGHT, TURN_SHARE * watch.turned_at)


def _rates(rate: Rate, usual: Usual) -> Values:
    """Pictures a second, as shares of the usual ones; the worse of those that come and those that are new."""
    shares = []
    if usual.rate:
        shares.append(Value(rate.arriving / usual.rate, 1.0))
    if usual.new_rate and rate.new is not None and rate.new < SLOW:
        shares.append(Value(rate.new / usual.new_rate, 1.0))
    return {"low_frame_rate": min(shares, key=lambda share: share.now)} if shares else {}


def _smoothed(watch: Watch, found: Values) -> tuple[Values, Watch]:
    """The median of the last values of each fault; frozen counts looks itself."""
    recent = {name: (*watch.recent.get(name, ()), found.get(name))[-SMOOTH:] for name in watch.conditions}
    smooth: Values = {}
    for name, several in recent.items():
        known = [value for value in several if value is not None]
        if len(known) >= SMOOTH_LEAST and several[-1] is not None:
            smooth[name] = Value(float(np.median([value.now for value in known])), known[-1].usual)
    if "frozen" in found:
        smooth["frozen"] = found["frozen"]
    return smooth, replace(watch, recent=recent)


def _judged(
    watch: Watch, faults: Mapping[str, Fault], found: Values, at: datetime
) -> tuple[Watch, tuple[Report, ...]]:
    conditions, told, unstable = dict(watch.conditions), [], watch.unstable
    for name, value in found.items():
        fault, before = faults[name], watch.conditions[name]
        bad = fault.limit.breached(value.now, before=condition.is_bad(before))
        measured: Measured = "bad" if bad else "good"
        conditions[name], effects = condition.step(fault.policy, before, measured, at)
        for effect in effects:
            reports, unstable = _told(name, faults, value, effect, unstable)
            told += reports
    return replace(watch, conditions=conditions, unstable=unstable), tuple(told)


def _told(
    name: str, faults: Mapping[str, Fault], value: Value, effect: Effect, unstable: frozenset[str]
) -> tuple[list[Report], frozenset[str]]:
    """The reports of one effect. However many faults flap, a camera is unstable once, as gravely as they."""
    fault = faults[name]
    match effect:
        case Raised(since) | Cleared(since):
            state: Literal["raised", "cleared"] = "raised" if isinstance(effect, Raised) else "cleared"
            report = Report(
                name, state, fault.severity, since, value.now, value.usual, fault.limit.raise_at, fault.unit
            )
            return [report], unstable
        case Unstable(since, times):
            after = unstable | {name}
            worst = _gravest(faults, after)
            first = Report("unstable", "raised", worst, since, float(times), unit="1", about=name)
            is_told = bool(unstable) and _gravest(faults, unstable) == worst
            return ([] if is_told else [first]), after
        case Steady(since):
            left = unstable - {name}
            return ([] if left else [Report("unstable", "cleared", "warning", since, about=name)]), left


def _gravest(faults: Mapping[str, Fault], names: frozenset[str]) -> Severity:
    return max((faults[name].severity for name in names), key=GRAVITY.index)


def _learnt(watch: Watch, seen: tuple[Look, Scene], rate: Rate | None, mode: Mode, passed_s: float) -> Watch:
    look, steady = seen
    usual = watch.usual.get(mode)
    if usual is not None and usual.scene.thumb.shape != look.thumb.shape:
        usual = None  # the stream has another shape
    if usual is None:
        learning = (*watch.learning, look)
        first = learnt(learning) if len(learning) >= LEARN_LOOKS else None
        if first is None:
            return replace(watch, learning=learning[-(LEARN_LOOKS - 1) :])
        return replace(watch, learning=(), usual={**watch.usual, mode: first})
    good = {name for name, each in watch.conditions.items() if each.state == "good"}
    sound = frozenset(what for what, by in DISTURB.items() if good.issuperset(by))
    after = followed(usual, look, steady, passed_s, sound)
    if rate is not None and "low_frame_rate" in good:
        after = rated(after, rate, passed_s)
    return replace(watch, usual={**watch.usual, mode: after})
