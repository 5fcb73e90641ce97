"""How a verifier's word counts beside the rules: neither decides alone what the other has never seen."""

from dataclasses import replace
from typing import Final

from edge.core.vision.fall import SUSPICIOUS, Verdict, above, thrown_up

SURE_ODDS: Final = 9.0
"""Of a verifier that needs the rules for nothing but to be possible."""
LEAST_RULES: Final = 0.02
LEAST_VERIFIER: Final = 0.55
"""At some moment of a track: a fall from far up looks like one while it passes a plain wall."""
STEEP: Final = 4.0
"""How sharply less than that counts as no."""


def joined(rules: float, verifier: float, surest: float) -> float:
    """One score of two: what the rules tell if the verifier once took it for a fall, or the reverse.

    The verifier must be the surer of the two, since it learned from rendered scenes only.
    rules: the weakest share, lessened; verifier: P(fall); surest: the highest that it was for this track.
    """
    sure = verifier / (verifier + SURE_ODDS * (1 - verifier))
    by_rules = min(rules, above(max(surest, verifier), LEAST_VERIFIER, STEEP))
    by_verifier = min(sure, above(rules, LEAST_RULES))
    return max(by_rules, by_verifier)


def came_down(verdict: Verdict, risen: tuple[float, float]) -> Verdict:
    """A verifier's verdict when it is known how far, px, and for how long, s, the thing came up before."""
    ruling = thrown_up(verdict.points, risen)
    score = min(verdict.score, ruling.share) if ruling.share < SUSPICIOUS else verdict.score
    rest = tuple(r for r in verdict.rulings if r.rule != "thrown_up")
    return replace(verdict, score=score, rulings=(*rest, ruling), otherwise=verdict.score)
