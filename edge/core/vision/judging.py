"""Judges traces in their surroundings: each when it ends, and the living ones now and then.

A fall need not be over to be certain. What a living trace is judged to be is told at once where there is no
doubt, and is not taken back.
"""

from dataclasses import dataclass, replace

import numpy as np

from edge.core.vision import events, scene
from edge.core.vision.events import Scope
from edge.core.vision.fall import HOPELESS, SUSPICIOUS, Verdict, alone, glance, judge
from edge.core.vision.frame import F64, Rejection, Ruling, Suspicion
from edge.core.vision.preprocess import Verification, Verifier, evidence
from edge.core.vision.release import extended_back, risen
from edge.core.vision.scene import Suspect
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.state import State, Watched
from edge.core.vision.surroundings import PEERS_S, Surroundings, around, peers
from edge.core.vision.tracks import Passage, Trace, View, passage, roughness, track_of
from edge.core.vision.weighing import came_down, joined, sureness

MAX_ENDED = 128  # lost traces that a later one may continue
MAX_PASSAGES = 256
ROUGH = 0.4  # traces with more of it were linked by chance, as in trees
MAX_PARENTS = 4  # of them, how many are tried
MAX_REJECTIONS = 8  # that are told of one frame: rain ends many tracks a second
JUDGE_EVERY_S = 0.1  # of a living trace
GROWN = 1.25  # by so much it has more sights than when it was judged last
CLEARLY_NOT = 0.15  # a score that so little more will not mend
NEVER = Watched(0, -1.0, 0)
MAX_JUDGED = 2  # living traces a frame, those that wait longest first
SURE = 2  # judgements in a row after which there is no doubt
BEYOND_DOUBT = 0.9  # a score of which one judgement will do
CROWD_POINTS = 12  # of a living trace that tell how it goes
ONE_OF_MANY = 0.1  # share below which a track is rain, whatever it looks like
# One fall in thirty looks so at first and is seen again when it has grown; of all others every second one.
OUT_OF_QUESTION = 0.02
SUSPECTED_WAY_U = 8.0  # way down from which a living trace is looked at


def ended(
    state: State, traces: tuple[Trace, ...], settings: DetectorSettings, verifier: Verifier | None
) -> State:
    """The state after traces ended: judged alone and as the continuation of an earlier one."""
    traces = tuple(t for t in traces if t.confirmed)
    if not traces:
        return state
    smooth = [passage(t.points) for t in traces if roughness(t.points) < ROUGH]
    if smooth:
        recent = state.passages[
            state.passages[:, Passage._fields.index("end_s")] > traces[-1].last_s - PEERS_S
        ]
        state = replace(state, passages=np.vstack((recent, smooth))[-MAX_PASSAGES:])
    crowded = crowd(state)
    for trace in traces:
        whole, parent, longest = _longest(replace(state, passages=crowded), trace, settings, verifier)
        state = replace(state, ended=(*state.ended, longest)[-MAX_ENDED:])
        state = _judged(state, trace.id, whole, parent, settings)
    gone = {t.id for t in traces}
    return replace(state, watched=tuple(w for w in state.watched if w.id not in gone))


def living(state: State, settings: DetectorSettings, verifier: Verifier | None) -> State:
    """The state after the living traces whose turn it is were judged."""
    before = {w.id: w for w in state.watched}
    due = _due(state)
    crowded = crowd(state) if due else state.passages
    for trace in due:
        verdict = _verdict(replace(state, passages=crowded), trace, settings, verifier)
        last = before.get(trace.id, NEVER)
        watched = _looked(last, trace, verdict, state.now_s, settings)
        before[trace.id] = watched
        state = _suspected(state, trace, watched.feared, last.feared)
        if verdict is not None and watched.sure >= SURE:
            suspect = _suspect(trace.id, verdict, watched.suspected_s or state.now_s)
            scope = Scope(state.view, settings)
            now = events.decided(state.events, suspect, state.traces, state.now_s, scope)
            state = replace(state, events=now)
    return replace(state, watched=tuple(before.values()))


def _looked(
    before: Watched, trace: Trace, verdict: Verdict | None, now_s: float, settings: DetectorSettings
) -> Watched:
    """What is known of a living trace after one more look."""
    now = Watched(
        trace.id,
        now_s,
        len(trace.points),
        verdict=verdict,
        learned=before.learned,
        surest=before.surest,
        feared=before.feared,
    )
    if verdict is None:
        return now
    sure = SURE if verdict.score >= BEYOND_DOUBT else 1
    sure = before.sure + sure if verdict.score >= settings.certain else 0
    return replace(
        now,
        suspected_s=(before.suspected_s or now_s) if verdict.promising else None,
        sure=sure,
        learned=max(before.learned, verdict.learned),
        surest=max(before.surest or verdict, verdict, key=lambda v: v.score),
        feared=1.0 if sure >= SURE else max(before.feared, sureness(verdict)),
    )


def _suspected(state: State, trace: Trace, sure: float, before: float) -> State:
    """The state with a suspicion of the trace, if it was never as sure."""
    if sure <= before:
        return state
    seen = trace.points[-1]
    suspicion = Suspicion(
        trace.id, trace.points[0].t_s, state.now_s, sure, before, (seen.t_s, seen.x, seen.y)
    )
    return replace(state, suspicions=(*state.suspicions, suspicion))


def crowd(state: State) -> F64:
    """What passed and what is passing: rows of `Passage`. When rain begins nothing has passed yet."""
    passing = [passage(t.points[-CROWD_POINTS:]) for t in state.traces if t.confirmed]
    return np.vstack((state.passages, passing)) if passing else state.passages


def _due(state: State) -> list[Trace]:
    """The living traces whose turn it is, those that wait longest first.

    What is suspected is looked at all the time, what is not when it has grown enough to be something else.
    """
    watched = {w.id: w for w in state.watched}
    decided = {d.suspect.id for d in state.events.decisions}
    due = []
    for trace in state.traces:
        last = watched.get(trace.id, NEVER)
        grown = len(trace.points) >= GROWN * last.sights or last.suspected_s is not None
        waited = state.now_s - last.judged_s >= JUDGE_EVERY_S
        fresh = trace.confirmed and trace.last_s == state.last_s and trace.id not in decided
        if fresh and grown and waited and _worth_a_look(trace, state.view):
            due.append((last.judged_s, trace))
    return [trace for _, trace in sorted(due, key=lambda one: one[0])[:MAX_JUDGED]]


def _watched(state: State, identity: int) -> Watched:
    """What is known of a living trace, or of one that ends now."""
    return next((w for w in state.watched if w.id == identity), NEVER)


def _suspect(identity: int, verdict: Verdict, suspected_s: float) -> Suspect:
    return Suspect(identity, verdict, verdict.points, suspected_s, frozenset((identity,)))


def _longest(
    state: State, trace: Trace, settings: DetectorSettings, verifier: Verifier | None
) -> tuple[Verdict | None, Trace | None, Trace]:
    """The verdict on a trace with the lost ones that it continues, the first of them, and the whole."""
    whole, parent, longest = _last_verdict(state, trace, settings, verifier), None, trace
    for earlier in _parents(state, trace, settings):
        if not scene.follows(earlier.points, longest.points, state.view, settings):
            continue
        joined = replace(longest, points=scene.continued(earlier.points, longest.points))
        verdict = _verdict(state, joined, settings, verifier)
        if verdict is not None and (
            whole is None or verdict.score >= min(whole.score, 1 - settings.sensitivity)
        ):
            whole, parent, longest = verdict, earlier, joined
    return whole, parent, longest


def _last_verdict(
    state: State, trace: Trace, settings: DetectorSettings, verifier: Verifier | None
) -> Verdict | None:
    """The verdict on a trace that ended: the one before if it was clear and hardly anything came since."""
    last = _watched(state, trace.id)
    if len(trace.points) < GROWN * last.sights and (last.verdict is None or last.verdict.score < CLEARLY_NOT):
        return last.verdict
    return _verdict(state, trace, settings, verifier)


def _judged(
    state: State, identity: int, verdict: Verdict | None, parent: Trace | None, settings: DetectorSettings
) -> State:
    """The state with what is to be made of a verdict on a trace that ended."""
    limit = 1 - settings.sensitivity
    surest = _watched(state, identity).surest
    if surest is not None and surest.score >= settings.certain and _let_go_of(verdict, limit):
        verdict = surest
    decision = next((d.suspect for d in state.events.decisions if d.suspect.id == identity), None)
    suspected_s = _watched(state, identity).suspected_s or state.now_s
    if verdict is not None and verdict.score >= limit:
        suspect = _suspect(identity, verdict, suspected_s)
        before = tuple(s for s in state.events.suspects if parent is not None and s.id == parent.id)
        rest = tuple(s for s in state.events.suspects if s not in before)
        for piece in before:
            first_s = min(piece.suspected_s, suspected_s)
            suspect = replace(suspect, ids=suspect.ids | piece.ids, suspected_s=first_s)
        return replace(state, events=replace(state.events, suspects=(*rest, suspect)))
    if decision is not None:  # it was told: it ends as what it was then
        suspects = (*state.events.suspects, decision)
        return replace(state, events=replace(state.events, suspects=suspects))
    if verdict is None:
        return state
    if verdict.thrown_up(limit):
        suspect = _suspect(identity, verdict, suspected_s)
        now = events.thrown_up(state.events, suspect, Scope(state.view, settings))
        return replace(state, events=now)
    return replace(state, rejections=_with(state.rejections, _rejection(identity, verdict, state.now_s)))


def _let_go_of(verdict: Verdict | None, limit: float) -> bool:
    """Whether the last verdict lost a fall that was certain once: when it lands much else moves beside it."""
    return verdict is not None and verdict.score < limit and not verdict.thrown_up(limit)


def _with(rejections: tuple[Rejection, ...], new: Rejection) -> tuple[Rejection, ...]:
    """The best of them: what nearly was a fall is worth an explanation, every drop of rain is not."""
    return tuple(sorted((*rejections, new), key=lambda r: -r.score))[:MAX_REJECTIONS]


def _rejection(identity: int, verdict: Verdict, now_s: float) -> Rejection:
    track = track_of(verdict.points, identity)
    return Rejection(track, now_s, round(verdict.score, 3), verdict.weakest, verdict.rulings)


def _parents(state: State, trace: Trace, settings: DetectorSettings) -> list[Trace]:
    """Lost traces that the trace may continue, the last first."""
    first = trace.points[0]
    oldest_s = first.t_s - settings.stitch_s
    aside, above = 0.3 * state.view.short, first.y + 0.1 * state.view.short
    near = []
    for lost in reversed(state.ended):
        last = lost.points[-1]
        # Traces end at most the time they coast after they were last seen: beyond that all are older.
        if last.t_s < oldest_s - settings.coast_s:
            break
        if last.t_s >= oldest_s and abs(last.x - first.x) < aside and last.y < above:
            near.append(lost)
    return [t for t in near if scene.follows(t.points, trace.points, state.view, settings)][:MAX_PARENTS]


@dataclass(frozen=True, slots=True)
class Examined:
    """A track after every rule was asked, and what moves around it; None where it is out of the question."""

    verdict: Verdict
    surroundings: Surroundings | None = None


def examined(state: State, trace: Trace, settings: DetectorSettings) -> Examined | None:
    """What a verifier is asked about; None of a track that is too short or hardly leads down.

    Thorough: a verifier weighs the rules, so each of them is asked.
    """
    view = state.view
    if not _worth_a_look(trace, view):
        return None
    by_itself = alone(peers(trace.points, state.passages, state.activity.seen_s, view))
    if by_itself.share < ONE_OF_MANY:
        return Examined(Verdict(0.0, (by_itself,), trace.points, from_above=False))
    first = glance(trace.points, around(trace.points, state.history, (), view), view, settings)
    if first is None or first.promise < OUT_OF_QUESTION:
        return None if first is None else Examined(first)
    points = extended_back(trace.points, state.history, view, settings)
    surroundings = replace(
        around(points, state.history, _others(state, trace), view),
        peers=peers(points, state.passages, state.activity.seen_s, view),
    )
    verdict = judge(points, surroundings, view, settings, thorough=True)
    return None if verdict is None else Examined(verdict, surroundings)


def _worth_a_look(trace: Trace, view: View) -> bool:
    return trace.points[-1].y - min(p.y for p in trace.points) >= SUSPECTED_WAY_U * view.u


def _others(state: State, trace: Trace) -> tuple[Trace, ...]:
    return tuple(t for t in (*state.traces, *state.ended) if t.confirmed and t.id != trace.id)


def _verdict(
    state: State, trace: Trace, settings: DetectorSettings, verifier: Verifier | None
) -> Verdict | None:
    if not _worth_a_look(trace, state.view):
        return None
    if verifier is None or settings.verdict_by == "rules":
        return _by_rules(state, trace, settings)
    found = examined(state, trace, settings)
    if found is None or found.surroundings is None:
        return None if found is None else found.verdict
    verdict = _verified(state, found, settings, verifier, _watched(state, trace.id).learned)
    if verdict.score < SUSPICIOUS * settings.certain:
        return verdict
    return came_down(verdict, risen(verdict.points, state.history, state.view))


def _by_rules(state: State, trace: Trace, settings: DetectorSettings) -> Verdict | None:
    """The cheapest rules first: rain ends many tracks a second."""
    limit, view = 1 - settings.sensitivity, state.view
    by_itself = alone(peers(trace.points, state.passages, state.activity.seen_s, view))
    if by_itself.share < HOPELESS:
        return Verdict(0.0, (by_itself,), trace.points, from_above=False)
    first = glance(trace.points, around(trace.points, state.history, (), view), view, settings)
    if first is None or first.hopeless:
        return first
    points = extended_back(trace.points, state.history, view, settings)
    surroundings = around(points, state.history, (), view)
    surroundings = replace(surroundings, peers=peers(points, state.passages, state.activity.seen_s, view))
    second = glance(points, surroundings, view, settings)
    if second is None or second.score < limit:
        return second
    third = judge(points, surroundings, view, settings)
    if third is None or third.score < limit:
        return third
    surroundings = replace(
        surroundings,
        body_px=around(points, state.history, _others(state, trace), view).body_px,
        risen=risen(points, state.history, view),
    )
    return judge(points, surroundings, view, settings, third.best)


def _verified(
    state: State, found: Examined, settings: DetectorSettings, verifier: Verifier, before: float
) -> Verdict:
    """The verdict with what the learned part says of the track's pictures, as one more ruling.

    before: the highest P(fall) that it gave the track so far.
    """
    verdict = found.verdict
    assert found.surroundings is not None
    seen = evidence(verdict, state.album, found.surroundings, state.view, state.factor)
    # Of what ended long ago there is no picture left: its word from before stands.
    learned = Verification(before) if seen is None else verifier(seen)
    note = ", ".join(f"{kind} {share:.2f}" for kind, share in learned.kinds[:2])
    rulings = (*verdict.rulings, Ruling("verifier", learned.fall, learned.fall, 0.5, note))
    # Whether it came up before is asked afterwards: of a fall it says that it was none, not that it was not.
    alone = settings.verdict_by == "verifier"
    score = learned.fall if alone else joined(verdict.but_for_a_rise, learned.fall, before)
    return replace(verdict, score=score, rulings=rulings)
