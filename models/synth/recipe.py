"""What is drawn for a clip before anything is rendered: where, when, what moves, how it is coded."""

from dataclasses import dataclass

import numpy as np

from models.synth.actors import DAY, DISTRACTORS, INFRARED, LAYERS, NIGHT, TIMES
from models.synth.bodies import KINDS, LIQUIDS
from models.synth.codec import Coding
from models.synth.front import LOOKS
from models.synth.illumination import LIGHTS

Size = tuple[int, int]

WAYS = ("dropped", "thrown", "up_first", "towards", "above", "sideways", "canopy", "balcony")
"""How a thing leaves; "above": from the roof, "sideways": past the building's edge, before the sky."""
POSES = ("foot", "yard", "corner")
FRAME_RATES = (10.0, 12.5, 15.0, 20.0, 25.0, 30.0)
BITS_PER_PIXEL = (0.018, 0.11)
"""1080p25 at 1 to 5.5 Mbit/s, what cameras are set to."""
SMALL_PX = 6.0
SMALL_KINDS = ("bottle", "can", "brick", "fruit", "shoe", "flower_pot", "paper_ball", "book")
ALL_KINDS = (*KINDS, *KINDS, *LIQUIDS, *LIQUIDS)
WEATHER = ("rain_light", "rain_heavy", "snow", "hail")


@dataclass(frozen=True)
class Menu:
    """What a set draws its clips from."""

    sizes: tuple[tuple[Size, float], ...]
    """Pictures' sizes with their weights."""
    duration_s: tuple[float, float]
    falls: tuple[float, ...]
    """Weights of 0, 1, 2, … falls in a clip."""
    distractors: tuple[int, int]
    """Fewest and most kinds of distractors in a clip."""
    h265_share: float = 0.33
    """Part of the clips that is coded so; it takes several times as long."""


@dataclass(frozen=True)
class FallRecipe:
    """One thing that is thrown."""

    kind: str
    way: str
    at_s: float
    size_px: float
    """Wished for; what is nearest to it among the possible is taken."""
    contrast: float
    """Wished for, grey levels."""
    behind_tree: bool = False
    reflected: bool = False
    shadow: bool = False


@dataclass(frozen=True)
class SceneRecipe:
    """Everything that decides a clip. The same recipe gives the same bytes."""

    seed: int
    size: Size
    frame_rate: float
    duration_s: float
    light: str
    pose: str
    look: str
    falls: tuple[FallRecipe, ...]
    thrown_up: bool
    """Something is thrown up from the ground and comes down again."""
    distractors: tuple[str, ...]
    """Names in `actors.DISTRACTORS`."""
    repeat_every: int
    lost_share: float
    coding: Coding

    @property
    def tags(self) -> list[str]:
        """What a bench groups clips by."""
        names = [self.light, self.pose, self.look, self.coding.codec.removeprefix("lib"), f"{self.size[1]}p"]
        names += [f"way:{fall.way}" for fall in self.falls] + [f"what:{name}" for name in self.distractors]
        marks = {
            "repeats": self.repeat_every > 0,
            "lost_frames": self.lost_share > 0,
            "lost_packets": self.coding.lost_share > 0,
            "b_frames": self.coding.b_frames > 0,
            "thrown_up": self.thrown_up,
            "tree": any(fall.behind_tree for fall in self.falls),
            "two": len(self.falls) > 1,
        }
        return names + [mark for mark, there in marks.items() if there]


def draw_recipe(seed: int, menu: Menu, must: tuple[str, ...] = ()) -> SceneRecipe:
    """A clip from the menu; every seed another.

    Args:
        seed: Decides everything that the menu leaves open.
        menu: What it is drawn from.
        must: Distractors that it shows whatever the menu says; the light suits as many as any can.
    """
    random = np.random.default_rng([seed, 0])
    sizes, weights = [size for size, _ in menu.sizes], np.array([weight for _, weight in menu.sizes])
    size = sizes[int(random.choice(len(sizes), p=weights / weights.sum()))]
    duration_s = round(float(random.uniform(*menu.duration_s)), 1)
    suits = np.array([sum(_time_of(light) in TIMES[name] for name in must) for light in LIGHTS])
    weights = (suits == suits.max()) * np.array([0.46, 0.1, 0.1, 0.14, 0.2])
    light = str(random.choice(list(LIGHTS), p=weights / weights.sum()))
    chances = np.array(menu.falls) / sum(menu.falls)
    look = str(random.choice(list(LOOKS), p=[0.25, 0.17, 0.15, 0.15, 0.15, 0.13]))
    falls = _falls(int(random.choice(len(chances), p=chances)), duration_s, look, light, random)
    frame_rate = float(random.choice(FRAME_RATES, p=[0.1, 0.1, 0.2, 0.12, 0.33, 0.15]))
    if size[1] > 1500:
        frame_rate = min(frame_rate, 20.0)
    # Repeats: a slow sensor behind a faster stream.
    repeat_every = int(random.choice([2, 3, 4])) if frame_rate >= 20 and random.random() < 0.35 else 0
    return SceneRecipe(
        seed=seed,
        size=size,
        frame_rate=frame_rate,
        duration_s=duration_s,
        light=light,
        pose=str(random.choice(POSES, p=[0.45, 0.3, 0.25])),
        look=look,
        falls=falls,
        thrown_up=bool(not falls and random.random() < 0.15),
        distractors=draw_distractors(light, menu.distractors, random, must),
        repeat_every=repeat_every,
        lost_share=float(random.uniform(0.005, 0.04)) if random.random() < 0.2 else 0.0,
        coding=_coding(size, frame_rate, menu.h265_share, random),
    )


def draw_distractors(
    light: str, count: tuple[int, int], random: np.random.Generator, must: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Kinds that fit the light, with those of `must` that do, in the order of drawing."""
    fitting = [name for name in DISTRACTORS if _time_of(light) in TIMES[name]]
    possible = [name for name in fitting if name not in WEATHER]
    number = min(int(random.integers(count[0], count[1] + 1)), len(possible))
    chosen = {str(name) for name in random.choice(possible, number, replace=False)}
    chosen |= set(must) & set(fitting)
    if light == "rain":
        chosen.add(str(random.choice(["rain_light", "rain_heavy"], p=[0.6, 0.4])))
    elif count[1] > 0 and random.random() < 0.12:
        chosen.add(str(random.choice(WEATHER)))
    order = list(DISTRACTORS)
    return tuple(sorted(chosen, key=lambda name: (LAYERS[name], order.index(name))))


def _time_of(light: str) -> str:
    """In the words of `actors.TIMES`."""
    return {"infrared": INFRARED, "dusk": NIGHT}.get(light, DAY)


def draw_size(random: np.random.Generator) -> float:
    """A wished size in pixels: a third near the limit of what can be seen, the rest evenly by ratio."""
    if random.random() < 0.33:
        return float(random.uniform(3.0, 5.5))
    return float(np.exp(random.uniform(np.log(5.0), np.log(55.0))))


def _falls(
    count: int, duration_s: float, look: str, light: str, random: np.random.Generator
) -> tuple[FallRecipe, ...]:
    """The first at any time; a second at once or within a second, or later."""
    first_s = float(random.uniform(1.6, max(1.8, duration_s - 3.2)))
    if random.random() < 0.06:
        first_s = duration_s - float(random.uniform(1.0, 1.8))
    found = []
    for number in range(count):
        size_px = draw_size(random)
        kind = str(random.choice(SMALL_KINDS if size_px < SMALL_PX and random.random() < 0.8 else ALL_KINDS))
        way = str(random.choice(WAYS, p=[0.26, 0.26, 0.1, 0.09, 0.1, 0.08, 0.05, 0.06]))
        at_s = first_s + (0.0 if number == 0 else float(random.choice([0.0, random.uniform(0, 1)])))
        found.append(
            FallRecipe(
                kind,
                way,
                round(at_s, 3),
                size_px,
                float(np.exp(random.uniform(np.log(8.0), np.log(80.0)))),
                behind_tree=bool(random.random() < 0.1),
                reflected=look == "glass" and bool(random.random() < 0.8),
                shadow=light in {"day", "low_sun"} and bool(random.random() < 0.25),
            )
        )
    return tuple(found)


def _coding(size: Size, frame_rate: float, newer_share: float, random: np.random.Generator) -> Coding:
    newer = random.random() < newer_share
    low, high = BITS_PER_PIXEL
    bits = float(np.exp(random.uniform(np.log(low), np.log(high)))) * (0.6 if newer else 1.0)
    kbit_s = max(256, int(bits * size[0] * size[1] * frame_rate / 1000))
    lossy = random.random() < 0.12
    return Coding(
        codec="libx265" if newer else "libx264",
        kbit_s=kbit_s,
        keyframe_every=int(frame_rate * random.choice([1, 2, 2, 4, 8])),
        b_frames=int(random.choice([0, 0, 1, 2, 3])),
        preset="ultrafast" if newer else str(random.choice(["superfast", "veryfast"])),
        slices=4 if lossy else 1,
        lost_share=float(random.uniform(0.008, 0.05)) if lossy else 0.0,
    )
