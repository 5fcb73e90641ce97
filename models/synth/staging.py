"""Turns a recipe into a scene: the still picture, the things that fall where they can be seen, the rest."""

from dataclasses import dataclass

import numpy as np

from models.synth.actors import DISTRACTORS, LAYERS, Layer
from models.synth.estate import Tower
from models.synth.foliage import Crown
from models.synth.illumination import Light, draw_light
from models.synth.place import draw_camera, draw_neighbours, draw_tower
from models.synth.recipe import SceneRecipe
from models.synth.release import Release, Spot, choose_release, launch, thrown_up
from models.synth.scenery import Scenery, compose
from models.synth.stage import Actor, Stage
from models.synth.throws import Thrown


@dataclass(frozen=True)
class Fall:
    """Something thrown, with its images."""

    release: Release
    parts: tuple[Thrown, ...]
    """The thing itself, then its mirror image and its shadow where there are any."""


@dataclass(frozen=True)
class Scene:
    """Ready to be rendered."""

    stage: Stage
    light: Light
    scenery: Scenery
    towers: tuple[Tower, ...]
    falls: tuple[Fall, ...]
    behind: tuple[Actor, ...]
    """Drawn before what falls."""
    before: tuple[Actor, ...]
    """Drawn over it."""
    effects: tuple[Actor, ...]
    """What lens, sensor, coder and recorder add, drawn last."""


def build(recipe: SceneRecipe) -> Scene:
    """The scene of a recipe; each part draws its chance from a stream of its own."""
    place, looks, moves, falling = (np.random.default_rng([recipe.seed, stream]) for stream in (1, 2, 3, 4))
    main = draw_tower(recipe.look, place)
    camera = draw_camera(recipe.pose, recipe.size, main.facade, place)
    if any(fall.way == "canopy" for fall in recipe.falls) and main.canopy_m is None:
        half = main.facade.width_m / 2
        main = Tower(main.facade, 0.0, 0.0, main.balcony_m, (-half, half, 5.0, 3.5))
    towers = (main, *draw_neighbours(main, place))
    light = draw_light(recipe.light, float(np.hypot(camera.z_m, camera.y_m)), place)
    scenery = compose(camera, towers, light, looks)
    stage = Stage(camera, light.exposure_s, main.facade, light.infrared)
    spot = Spot(camera, main, scenery, light, recipe.frame_rate, recipe.duration_s)
    falls = []
    for wished in recipe.falls:
        release = choose_release(wished, spot, falling)
        if release is not None:
            falls.append(Fall(release, launch(release, wished, spot, falling)))
    if recipe.thrown_up:
        thrown = thrown_up(spot, falling)
        if thrown is not None:
            falls.append(Fall(*thrown))
    actors = {
        name: DISTRACTORS[name](np.random.default_rng([recipe.seed, 5, number]), stage, recipe.duration_s)
        for number, name in enumerate(recipe.distractors)
    }
    crowns = [
        _crown(fall, spot, moves)
        for fall, wished in zip(falls, recipe.falls, strict=False)
        if wished.behind_tree
    ]
    in_layer = {
        layer: [actor for name in actors if LAYERS[name] == layer for actor in actors[name]]
        for layer in Layer
    }
    return Scene(
        stage,
        light,
        scenery,
        towers,
        tuple(falls),
        behind=(*in_layer[Layer.FACADE], *in_layer[Layer.AIR]),
        before=(*crowns, *in_layer[Layer.FRONT]),
        effects=tuple(in_layer[Layer.CAMERA]),
    )


def _crown(fall: Fall, spot: Spot, random: np.random.Generator) -> Crown:
    """Foliage over the middle of the fall's way."""
    way = fall.release.way_px
    place = way[int(len(way) * random.uniform(0.4, 0.8))]
    length = float(np.linalg.norm(way[-1] - way[0]))
    size = int(np.clip(length * random.uniform(0.15, 0.4), 24, spot.camera.height * 0.5))
    gain = 0.3 if spot.light.infrared else spot.light.gain
    return Crown.over((float(place[0]), float(place[1])), size, gain, random)
