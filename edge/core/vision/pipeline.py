"""The detector: frames in, falls out. Pure: state in, state out.

frame → reduced luma → difference in time → candidates → traces → verdicts → events. Nothing waits for the
future but the 0.08 s to the later neighbour, the coasting of a lost trace and what may still belong to it.
"""

from dataclasses import replace

import numpy as np

from edge.core.vision import candidates as finding
from edge.core.vision import events, facade_watch, foreground, judging, linking, regions
from edge.core.vision.events import Scope
from edge.core.vision.foreground import Moment
from edge.core.vision.frame import F32, F64, Candidates, Frame, Told
from edge.core.vision.preprocess import Verifier, remembered
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.state import State
from edge.core.vision.tracks import Sights, View

__all__ = ["State", "finish", "searched_share", "start", "step"]


def start(
    height: int,
    width: int,
    settings: DetectorSettings,
    ignore: tuple[F64, ...] = (),
    *,
    find_facade: bool = False,
) -> State:
    """A detector that has seen nothing, for pictures of height x width pixels.

    ignore: polygons (n, 2) in these pixels in which nothing is looked for. find_facade: whether to
    ignore as well where the picture itself shows that no fall can be seen.
    """
    factor = foreground.reduction(height, width)
    side = factor * settings.block_px
    blocks = (max(height // side, 1), max(width // side, 1))
    ignored = regions.ignored(ignore, (height, width), factor, settings.block_px)
    view = View(height, width, period_s=0.04)
    facade = facade_watch.begun(ignored) if find_facade else None
    return State(factor, view, foreground.no_activity(blocks), ignored=ignored, facade=facade)


def step(
    state: State, frame: Frame, settings: DetectorSettings, verifier: Verifier | None = None
) -> tuple[State, Told]:
    """Takes the next frame; answers with what is to be told after it (mostly nothing).

    frame.luma: (height, width) uint8 as given to `start`, copied here. frame.pts_s must increase.
    """
    luma = foreground.reduced(frame.luma, state.factor)
    window, moments = foreground.push(state.window, frame.pts_s, luma, settings)
    state = replace(state, window=window, rejections=(), suspicions=())
    for moment in moments:
        state = _seen(state, moment, settings, verifier)
    if not state.traces and state.events.idle:
        return state, Told(rejections=state.rejections)
    if not moments:
        state = _linked(state, _no_sights(frame.pts_s - settings.neighbour_gap_s), settings, verifier)
    state = judging.living(state, settings, verifier)
    return _told(state, settings)


def finish(state: State, settings: DetectorSettings, verifier: Verifier | None = None) -> Told:
    """What is to be told of the things that were still going on when the video ended."""
    state = replace(state, rejections=(), suspicions=())
    for moment in foreground.last_moments(state.window, settings):
        state = _seen(state, moment, settings, verifier)
    state = judging.ended(state, state.traces, settings, verifier)
    return _told(replace(state, traces=()), settings, final=True)[1]


def searched_share(state: State) -> float:
    """How much of the picture is searched, 0 to 1: all but what is ignored."""
    return 1.0 if state.ignored is None else 1.0 - float(state.ignored.pixels.mean())


def _told(state: State, settings: DetectorSettings, *, final: bool = False) -> tuple[State, Told]:
    scope = Scope(state.view, settings)
    now, told = events.told(state.events, state.traces, state.now_s, scope, final=final)
    told = replace(told, rejections=state.rejections, suspected=state.suspicions)
    return replace(state, events=now), told


def _no_sights(t_s: float) -> Sights:
    return Sights(t_s, finding.nothing(), np.empty(0, np.float32), np.empty(0, np.bool_))


def _seen(state: State, moment: Moment, settings: DetectorSettings, verifier: Verifier | None) -> State:
    """One moment: what stands out, what each place learns, which traces go on."""
    period_s = 0.04 if state.last_s is None else min(moment.t_s - state.last_s, 1.0)
    difference = foreground.difference(moment)
    peaks = foreground.block_peaks(difference.magnitude, settings.block_px)
    threshold = foreground.thresholds(state.activity, settings)
    active = peaks > threshold
    facade = state.facade
    ignored = state.ignored if facade is None else facade.ignored
    flooded = state.activity.seen_s > 0.0 and bool(active.mean() > settings.flood_share)
    if ignored is not None:
        active &= ~ignored.blocks
    found = finding.nothing()
    if state.activity.seen_s > 0.0:  # the first moment only tells how noisy the picture is
        around = finding.Scene(moment.middle, state.still.picture, active, threshold, state.factor)
        found = regions.outside(finding.find(difference, around, settings), ignored, state.factor)
    still = foreground.remembered(state.still, moment)
    if facade is not None:
        seen = facade_watch.shaken(facade, moment.t_s) if flooded else facade
        facade = facade_watch.looked(seen, still.picture, moment.t_s, settings.block_px)
    haunt = _haunt(found, state.activity.busy, state.factor * settings.block_px)
    activity = foreground.learn(state.activity, peaks, active, period_s, settings)
    album = () if verifier is None else remembered(state.album, moment)
    state = replace(state, activity=activity, still=still, album=album, last_s=moment.t_s, facade=facade)
    sights = Sights(moment.t_s, found, haunt, np.zeros(len(haunt), np.bool_))
    return _linked(state, sights, settings, verifier)


def _haunt(found: Candidates, busy: F32, side: int) -> F32:
    """How much busier than the whole picture the place of each candidate was before, (n,) float32.

    Rain keeps every place busy; that is no reason to look away from all of them.
    """
    busy = np.maximum(busy - 2 * busy.mean(), 0)
    rows = np.clip(found.xy_px[:, 1] / side, 0, busy.shape[0] - 1).astype(np.intp)
    columns = np.clip(found.xy_px[:, 0] / side, 0, busy.shape[1] - 1).astype(np.intp)
    return busy[rows, columns]


def _linked(state: State, sights: Sights, settings: DetectorSettings, verifier: Verifier | None) -> State:
    linked = linking.link(state.traces, state.history[-6:], sights, state.view, state.next_id, settings)
    next_id = max((t.id + 1 for t in linked.live), default=state.next_id)
    history = (*(s for s in state.history if s.t_s > sights.t_s - settings.backward_s), linked.sights)
    state = replace(state, traces=linked.live, history=history, next_id=max(next_id, state.next_id))
    if linked.fresh:
        since_s = state.view.period_s if state.fresh_s is None else min(sights.t_s - state.fresh_s, 1.0)
        view = replace(state.view, period_s=0.9 * state.view.period_s + 0.1 * since_s)
        state = replace(state, view=view, fresh_s=sights.t_s)
    return judging.ended(state, linked.ended, settings, verifier)
