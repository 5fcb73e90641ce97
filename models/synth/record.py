"""Films a scene: frames with noise, in time, coded, and the truth about what was thrown."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from models.synth.codec import Pace, write
from models.synth.recipe import SceneRecipe
from models.synth.sensor import Noise, steadied
from models.synth.stage import Stage
from models.synth.staging import Fall, Scene, build
from models.synth.throws import Seen, Thrown
from models.synth.timing import Shown, schedule

F32 = NDArray[np.float32]
Image = NDArray[np.uint8]

LEAST_SHARE = 0.35
"""A frame counts as showing a thing when this much of it is neither hidden nor outside of the picture."""
LEAST_FRAMES = 5
LEAST_SIZE_PX = 2.5
LEAST_CONTRAST = 6.0
LEAST_DOWN = 0.05
"""What has fewer frames, is smaller or fainter, or comes down by less of the picture's height, is no fair
question: it is labelled "ignore"."""
COVERED_ABOVE = 10.0
"""Grey levels by which what is drawn in front changes a pixel that it hides."""


@dataclass(frozen=True)
class Sight:
    """One thing in one frame."""

    at_s: float
    """Presentation time of the frame."""
    seen: Seen


@runtime_checkable
class Teller(Protocol):
    """An actor that is no fall but says where it is: a ball thrown up from the ground."""

    kind: str

    def where(self, t_s: float, stage: Stage) -> tuple[float, float] | None:
        """Its middle in the picture, pixels; None while it is not seen."""


class Filming:
    """Pictures of a scene in order, and what was seen of each thing so far."""

    def __init__(self, scene: Scene, recipe: SceneRecipe) -> None:
        """A camera before its first frame."""
        self.scene = scene
        self.random = np.random.default_rng([recipe.seed, 6])
        self.noise = Noise.of(scene.scenery.luma, scene.light, self.random)
        self.shown = schedule(
            recipe.duration_s, recipe.frame_rate, recipe.repeat_every, recipe.lost_share, self.random
        )
        self.sights: dict[tuple[int, int], list[Sight]] = {}
        """For (number of the fall, number of its part) the frames in which it is seen."""
        self.tellers = [
            actor for actor in (*scene.behind, *scene.before) if isinstance(actor, Teller) and actor.kind
        ]
        self.told: list[list[list[float]]] = [[] for _ in self.tellers]

    def pictures(self) -> Iterator[tuple[float, Image]]:
        """Presentation times in seconds and planar 4:2:0, uint8 (height * 3 / 2, width)."""
        luma: Image | None = None
        for shown in self.shown:
            if luma is None or not shown.repeated:
                exposed = self.noise.expose(self.light(shown), self.random)
                luma = steadied(exposed, luma, self.scene.light.steadied)
            yield shown.at_s, np.concatenate([luma, self.scene.scenery.chroma])

    def light(self, shown: Shown) -> F32:
        """The picture before noise, float32 (height, width), 0 to 255; notes what is seen of each thing."""
        scene, stage = self.scene, self.scene.stage
        light = scene.scenery.luma.copy()
        for actor in scene.behind:
            actor.draw(light, shown.taken_s, stage)
        seen = self._thrown(light, shown)
        before = {key: light[sight.stamp.window].copy() for key, sight in seen.items()}
        for actor in scene.before:
            actor.draw(light, shown.taken_s, stage)
        for key, sight in seen.items():
            if sight.share * _uncovered(sight, before[key], light) >= LEAST_SHARE:
                self.sights.setdefault(key, []).append(Sight(shown.at_s, sight))
        for actor in scene.effects:
            actor.draw(light, shown.taken_s, stage)
        for actor, path in zip(self.tellers, self.told, strict=True):
            place = actor.where(shown.taken_s, stage)
            if place is not None:
                path.append([round(shown.at_s, 4), round(place[0], 2), round(place[1], 2)])
        return light

    def _thrown(self, light: F32, shown: Shown) -> dict[tuple[int, int], Seen]:
        """Draws what falls, images first; by fall and part what is seen."""
        seen = {}
        for number, fall in enumerate(self.scene.falls):
            for part, thrown in sorted(enumerate(fall.parts), reverse=True):
                sight = thrown.show(light, shown.taken_s, self.scene.stage)
                if sight is not None:
                    seen[number, part] = sight
        return seen


def _uncovered(sight: Seen, before: F32, light: F32) -> float:
    """Part of a thing that nothing before it hides; a change of the whole window hides nothing."""
    change = light[sight.stamp.window] - before
    hidden = np.abs(change - np.median(change)) > COVERED_ABOVE
    cover = sight.stamp.cover
    return 1.0 - float((cover * hidden).sum()) / max(float(cover.sum()), 1e-6)


def film(recipe: SceneRecipe, video: Path) -> dict[str, Any]:
    """Renders a recipe into an MP4.

    Args:
        recipe: What to show.
        video: Where to; its folder exists. It is there only when it is whole.

    Returns:
        The truth, as `truth_of` says.
    """
    scene = build(recipe)
    filming = Filming(scene, recipe)
    half_made = video.with_suffix(".part.mp4")
    write(half_made, recipe.size, filming.pictures(), recipe.coding, Pace(recipe.frame_rate, recipe.seed))
    truth = truth_of(recipe, scene, filming)
    half_made.replace(video)
    return truth


def truth_of(recipe: SceneRecipe, scene: Scene, filming: Filming) -> dict[str, Any]:
    """What is to be found, ready for JSON.

    `truth` is "negative" or a list of things with `kind`, `label` (positive or ignore), `size_px` (square
    root of the mean area of the silhouette), `contrast` (mean difference in grey levels to what is behind,
    were it not smeared), `contrast_seen` (as smeared), `path` [[t_s, x_px, y_px], …] of the frames in which
    it is seen, at presentation times, and for what left a building `floor` (from 1; one more than the
    facade's for the roof), `bay` (from 0, from the left) and `release` [t_s, x_px, y_px], even where that is
    outside of the picture (null where it has no picture), `impact` with the height of the release, the
    instant at which it reaches the ground (null if it never does), speed and energy there. Actors that say
    where they are, as balls do, are told with label "ignore".
    """
    found = []
    for (number, part), sights in sorted(filming.sights.items()):
        fall = scene.falls[number]
        thing = _thing(fall, fall.parts[part], sights, scene)
        if thing is not None:
            found.append(thing)
    found += [
        {"kind": actor.kind, "label": "ignore", "path": path}
        for actor, path in zip(filming.tellers, filming.told, strict=True)
        if len(path) > 1
    ]
    built = scene.towers[0].facade
    facade = asdict(built) | {"width_m": round(built.width_m, 2), "height_m": round(built.height_m, 2)}
    return {
        "fps": recipe.frame_rate,
        "size": list(recipe.size),
        "duration_s": recipe.duration_s,
        "truth": found or "negative",
        "tags": recipe.tags,
        "camera": asdict(scene.stage.camera),
        "facade": facade,
        "seed": recipe.seed,
        "kbit_s": recipe.coding.kbit_s,
    }


def _thing(fall: Fall, thrown: Thrown, sights: list[Sight], scene: Scene) -> dict[str, Any] | None:
    if len(sights) < 2:
        return None
    size = float(np.sqrt(np.mean([sight.seen.area_px for sight in sights])))
    contrast = float(np.mean([sight.seen.contrast for sight in sights]))
    seen = float(np.mean([sight.seen.contrast_seen for sight in sights]))
    different = len({(sight.seen.x_px, sight.seen.y_px) for sight in sights})
    down = (sights[-1].seen.y_px - sights[0].seen.y_px) / scene.stage.camera.height
    fair = (
        down >= LEAST_DOWN and different >= LEAST_FRAMES and size >= LEAST_SIZE_PX and seen >= LEAST_CONTRAST
    )
    thing: dict[str, Any] = {
        "kind": thrown.kind,
        "label": thrown.label if fair else "ignore",
        "size_px": round(size, 1),
        "contrast": round(contrast, 1),
        "contrast_seen": round(seen, 1),
        "path": [[round(s.at_s, 4), round(s.seen.x_px, 2), round(s.seen.y_px, 2)] for s in sights],
    }
    if not thrown.image and fall.release.floor > 0:
        pixels, _ = scene.stage.camera.project(fall.release.place_m[None])
        place = [round(float(v), 2) for v in pixels[0]] if np.isfinite(pixels).all() else [None, None]
        thing |= {"floor": fall.release.floor, "bay": fall.release.bay}
        thing |= {"release": [round(fall.release.at_s, 4), *place], "impact": _impact(fall, thrown)}
    return thing


def _impact(fall: Fall, thrown: Thrown) -> dict[str, float | None]:
    """Where it fell from, when it reached the ground, how fast and with what energy (null for liquids).

    The instant is in the time of `release`, s; of many drops it is the first one's.
    """
    speed = thrown.flight.impact_m_s if thrown.body is not None else None
    joule = None if speed is None or thrown.body is None else thrown.body.mass_kg * speed**2 / 2
    landed_s = float(thrown.flight.landed_s.min())
    return {
        "height_m": round(float(fall.release.place_m[1]), 2),
        "at_s": round(fall.release.at_s + landed_s, 4) if np.isfinite(landed_s) else None,
        "speed_m_s": None if speed is None else round(speed, 2),
        "energy_j": None if joule is None else round(joule, 2),
    }


def write_truth(truth: dict[str, Any], path: Path) -> None:
    """One clip's truth as JSON."""
    path.write_text(json.dumps(truth))
