"""What a track can show, as the verifier names it, and how scenes and desks name the same."""

from collections.abc import Iterable, Mapping
from typing import Final

FALLS: Final = ("throw", "falling_part")
KINDS: Final = (
    *FALLS,
    "reflection",
    "thrown_up",
    "bird",
    "insect",
    "leaf",
    "adrift",
    "rain",
    "snow",
    "drip",
    "light",
    "vehicle",
    "person",
    "ball",
    "cloth",
    "camera",
    "other",
)
"""Columns of the verifier's output `kinds`. An order once released stays."""
WHAT: Final = "what:"

WORDS: Final[Mapping[str, str]] = {
    word: kind
    for kind, words in {
        "falling_part": "part tile plaster falling_part",
        "reflection": "reflection mirror shadow",
        "thrown_up": "thrown_up",
        "bird": "bird bat drone pigeon swallow flock",
        "insect": "insect moth spider fly crawler cobweb",
        "leaf": "leaf leaves tree plant",
        "adrift": "adrift film bag fluff dust steam",
        "rain": "rain hail",
        "snow": "snow",
        "drip": "drip drop condensate water runoff fountain",
        "light": "light lamp television tv led screen text glint glare headlight firework lightning sun cloud"
        " stairwell",
        "vehicle": "vehicle car lift gondola crane",
        "person": "person people worker walker child children",
        "ball": "ball dribble",
        "cloth": "cloth laundry curtain flag awning window tarpaulin cable",
        "camera": "camera shake bump focus exposure infrared clock codec packet smear",
    }.items()
    for word in words.split()
}
"""A word of a scene's or a desk's name → the kind."""


def of_name(name: str) -> str:
    """The kind that a distractor's or a reason's name speaks of; `other` if none is known.

    Of several words the first one known rules: `rain_light` is rain.
    """
    name = name.lower().replace("-", "_").replace(" ", "_")
    known = {word.rstrip("s"): kind for word, kind in WORDS.items()}
    parts = [part.rstrip("s") for part in (name, *name.split("_"))]
    return next((known[part] for part in parts if part in known), "other")


def of_object(name: str, *, positive: bool) -> tuple[str, ...]:
    """The kinds of an object of a scene's truth."""
    kind = of_name(name)
    if not positive:
        return (kind,)
    return (kind,) if kind in FALLS else ("throw",)


def of_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """What a track may show in a scene whose tags name its distractors as `what:NAME`; empty if none does.

    In every scene something may flicker that has no name, so `other` is always possible.
    """
    names = [tag.removeprefix(WHAT) for tag in tags if tag.startswith(WHAT)]
    kinds = {of_name(name) for name in names}
    return (*sorted(kinds - {"other"}, key=KINDS.index), "other") if kinds else ()
