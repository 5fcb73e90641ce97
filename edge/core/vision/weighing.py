"""How a verifier's word counts beside the rules: neither decides alone what the other has never seen."""

from dataclasses import replace
from typing import Final

import numpy as np

from edge.core.vision.fall import SUSPICIOUS, Verdict, above, thrown_up

SURE_ODDS: Final = 9.0
"""Of a verifier that needs the rules for nothing but to be possible."""
LEAST_RULES: Final = 0.02
LEAST_VERIFIER: Final = (0.55, 0.2)
"""At some moment of a track, where the rules are doubtful and where they are plain: a fall from far up looks
like one while it passes a plain wall."""
DOUBTFUL_RULES, PLAIN_RULES = 0.65, 0.8
"""Scores of the rules up to which the verifier must be the surer, and from which the less sure of both."""
STEEP: Final = 4.0
"""How sharply less than that counts as no."""


def joined(rules: float, verifier: float, surest: float) -> float:
    """One score of two: what the rules tell if the verifier once took it for a fall, or the reverse.

    Alone the verifier must be the surer of the two, since it learned from rendered scenes only; for the same
    reason it may doubt what the rules find plain, and only not be sure of the contrary.
    rules: the weakest share, lessened; verifier: P(fall); surest: the highest that it was for this track.
    """
    sure = verifier / (verifier + SURE_ODDS * (1 - verifier))
    least = float(np.interp(rules, (DOUBTFUL_RULES, PLAIN_RULES), LEAST_VERIFIER))
    by_rules = min(rules, above(max(surest, verifier), least, STEEP))
    by_verifier = min(sure, above(rules, LEAST_RULES))
    return max(by_rules, by_verifier)


def came_down(verdict: Verdict, risen: tuple[float, float]) -> Verdict:
    """A verifier's verdict when it is known how far, px, and for how long, s, the thing came up before."""
    ruling = thrown_up(verdict.points, risen)
    score = min(verdict.score, ruling.share) if ruling.share < SUSPICIOUS else verdict.score
    rest = tuple(r for r in verdict.rulings if r.rule != "thrown_up")
    return replace(verdict, score=score, rulings=(*rest, ruling), otherwise=verdict.score)


def sureness(verdict: Verdict) -> float:
    """How much a living track looks like a fall, 0…1, before its way is long enough for the rules.

    A verifier's word if it was asked, since it sees what the thing looks like, too; else the score.
    """
    return next((r.value for r in verdict.rulings if r.rule == "verifier"), verdict.score)
