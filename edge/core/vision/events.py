"""From judged tracks to events: each decided once, and told once more when it is over."""

from dataclasses import dataclass, replace

from edge.core.vision import scene
from edge.core.vision.frame import Fall, Told
from edge.core.vision.release import release_of
from edge.core.vision.scene import Suspect
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.tracks import Trace, View, breadth, track_of

MAX_WAIT_S = 6.0  # longest that an event waits for its end while it may be going on


@dataclass(frozen=True, slots=True)
class Scope:
    """By what it is told whether two tracks are one event."""

    view: View
    settings: DetectorSettings

    def same(self, a: Suspect, b: Suspect) -> bool:
        """Whether they are one event."""
        return scene.same_event(a.points, b.points, self.view, self.settings)

    def may_join(self, suspect: Suspect, trace: Trace) -> bool:
        """Whether a living trace may turn out to belong to the suspect."""
        return scene.same_event(suspect.points, trace.points, self.view, self.settings)


@dataclass(frozen=True, slots=True)
class Decision:
    """A fall that was told while its track went on."""

    suspect: Suspect
    decided_s: float


@dataclass(frozen=True, slots=True)
class Events:
    """What is known of falls.

    suspects: tracks that ended and were judged falls; they wait for what belongs to them. decisions: told
    already, until they have ended. past, balls: falls and things thrown up that are over, for what may belong
    to them. fresh, thrown: decided, or found to be thrown up, and not told yet.
    """

    suspects: tuple[Suspect, ...] = ()
    decisions: tuple[Decision, ...] = ()
    past: tuple[Suspect, ...] = ()
    fresh: tuple[Decision, ...] = ()
    thrown: tuple[Suspect, ...] = ()
    balls: tuple[Suspect, ...] = ()

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be told."""
        return not (self.suspects or self.decisions or self.fresh or self.thrown)


def decided(
    events: Events, suspect: Suspect, traces: tuple[Trace, ...], now_s: float, scope: Scope
) -> Events:
    """The events with a living track that is certainly a fall, if it is none of those that are known."""
    known = (*events.suspects, *_going_on(events.decisions, traces), *events.past)
    if any(scope.same(suspect, other) for other in known):
        return events
    new = Decision(suspect, now_s)
    return replace(events, decisions=(*events.decisions, new), fresh=(*events.fresh, new))


def thrown_up(events: Events, suspect: Suspect, scope: Scope) -> Events:
    """The events with a track that came up from below before it went down, if it is a new one."""
    if any(scope.same(suspect, other) for other in (*events.past, *events.balls)):
        return events
    return replace(events, thrown=(*events.thrown, suspect), balls=(*events.balls, suspect))


def told(
    events: Events, traces: tuple[Trace, ...], now_s: float, scope: Scope, *, final: bool = False
) -> tuple[Events, Told]:
    """Decides what is new, and ends what need not wait any longer. traces: what is still alive."""
    past = tuple(s for s in events.past if final or s.end_s > now_s - scene.MEMORY_S)
    waiting: list[Suspect] = []
    fresh, decisions = list(events.fresh), list(events.decisions)
    over: list[Fall] = []
    for group in scene.grouped(events.suspects, scope.view, scope.settings):
        ids = {i for s in group for i in s.ids}
        own = [d for d in decisions if d.suspect.id in ids]
        going_on = _going_on(tuple(d for d in decisions if d not in own), traces)
        if not own and any(scope.same(s, o) for s in group for o in going_on) and not final:
            waiting.extend(group)
            continue
        if not own and not any(scope.same(s, o) for s in group for o in (*past, *going_on)):
            best = scene.foremost(group)
            own = [Decision(replace(best, suspected_s=min(s.suspected_s for s in group)), now_s)]
            fresh.extend(own)
            decisions.extend(own)
        if not final and _waits(traces, group, now_s, scope):
            waiting.extend(group)
            continue
        over.extend(_fall(scene.foremost(group), d, scope.view) for d in own)
        decisions = [d for d in decisions if d not in own]
        past = (*past, *group)
    ended = {fall.track.id for fall in over}
    new = tuple(_fall(d.suspect, d, scope.view, ended=d.suspect.id in ended) for d in fresh)
    thrown = tuple(_fall(s, Decision(s, now_s), scope.view) for s in events.thrown)
    balls = tuple(s for s in events.balls if s.end_s > now_s - scene.MEMORY_S)
    return Events(tuple(waiting), tuple(decisions), past, balls=balls), Told(new, tuple(over), thrown)


def _going_on(decisions: tuple[Decision, ...], traces: tuple[Trace, ...]) -> tuple[Suspect, ...]:
    """What was decided, with its points up to now."""
    living = {t.id: t.points for t in traces}
    return tuple(replace(d.suspect, points=living.get(d.suspect.id, d.suspect.points)) for d in decisions)


def _waits(traces: tuple[Trace, ...], group: tuple[Suspect, ...], now_s: float, scope: Scope) -> bool:
    """Whether something alive may still belong to the event, and there is time to find out."""
    kin = [t for t in traces if t.confirmed and any(scope.may_join(s, t) for s in group)]
    last_s = max(s.end_s for s in group)
    seen_s = max([last_s, *(t.last_s for t in kin)])
    patience_s = scope.settings.decide_after_s + scope.settings.neighbour_gap_s
    return bool(kin) and now_s - seen_s < patience_s and now_s - last_s < MAX_WAIT_S


def _fall(suspect: Suspect, decision: Decision, view: View, *, ended: bool = True) -> Fall:
    """suspect: whose track is told. decision: whose event it is."""
    verdict = suspect.verdict
    return Fall(
        track_of(suspect.points, decision.suspect.id),
        round(verdict.score, 3),
        decision.decided_s,
        tuple(f"{r.rule} {r.share:.2f}" for r in verdict.rulings),
        release_of(suspect.points, view, from_above=verdict.from_above),
        decision.suspect.suspected_s,
        ended,
        breadth(suspect.points),
    )
