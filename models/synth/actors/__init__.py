"""What moves or changes and is no fall: makers of actors by name, with where and when each belongs.

`DISTRACTORS[name](random, stage, duration_s)` makes the actors of one kind. `LAYERS[name]` says where in the
picture's order they stand, `TIMES[name]` in which light they are seen.
"""

from collections.abc import Callable
from enum import IntEnum

import numpy as np

from models.synth.actors import (
    adrift,
    balls,
    birds,
    camera_effects,
    cloth,
    coding,
    drips,
    insects,
    lens,
    lifts,
    lights,
    moving_light,
    panes,
    people,
    precipitation,
    sky,
    trees,
    vehicles,
    water,
)
from models.synth.stage import Actor, Stage

Maker = Callable[[np.random.Generator, Stage, float], list[Actor]]


class Layer(IntEnum):
    """Order of drawing, back to front."""

    FACADE = 0
    """On or at the wall."""
    AIR = 1
    """Between the wall and the camera, among what falls."""
    FRONT = 2
    """Near the camera; hides what falls."""
    CAMERA = 3
    """On the lens, in the sensor, in the coder, on the screen: last, in the registry's order."""


DAY, NIGHT, INFRARED = "day", "night", "infrared"
ALWAYS = (DAY, NIGHT, INFRARED)
DARK = (NIGHT, INFRARED)

_REGISTRY: tuple[tuple[str, Maker, Layer, tuple[str, ...]], ...] = (
    ("lamps", lights.lamps, Layer.FACADE, ALWAYS),
    ("stairwell", lights.stairwell, Layer.FACADE, ALWAYS),
    ("television", lights.television, Layer.FACADE, DARK),
    ("led_strips", lights.led_strips, Layer.FACADE, ALWAYS),
    ("led_icicles", lights.led_icicles, Layer.FACADE, ALWAYS),
    ("screen", moving_light.screen, Layer.FACADE, ALWAYS),
    ("fans", moving_light.fans, Layer.FACADE, ALWAYS),
    ("bird_shadows", moving_light.bird_shadows, Layer.FACADE, (DAY,)),
    ("mirrored_sun", moving_light.mirrored_sun, Layer.FACADE, (DAY,)),
    ("headlights", lights.headlights, Layer.FACADE, DARK),
    ("cloud_shadow", sky.cloud_shadow, Layer.FACADE, (DAY,)),
    ("fireworks", sky.fireworks, Layer.FACADE, DARK),
    ("windows", panes.windows, Layer.FACADE, ALWAYS),
    ("glints", panes.glints, Layer.FACADE, (DAY,)),
    ("panoramic_lift", lifts.panoramic_lift, Layer.FACADE, ALWAYS),
    ("people_on_balconies", people.on_balcony, Layer.FACADE, ALWAYS),
    ("curtains", cloth.curtains, Layer.FACADE, ALWAYS),
    ("laundry", cloth.laundry, Layer.FACADE, ALWAYS),
    ("flags", cloth.flags, Layer.FACADE, ALWAYS),
    ("plant", trees.plant, Layer.FACADE, ALWAYS),
    ("tarpaulin", cloth.tarpaulin, Layer.FACADE, ALWAYS),
    ("steam", water.steam, Layer.FACADE, ALWAYS),
    ("runoff", water.runoff, Layer.FACADE, ALWAYS),
    ("drips", drips.drips, Layer.FACADE, ALWAYS),
    ("gondola", lifts.gondola, Layer.FACADE, (DAY,)),
    ("rope_worker", people.rope_worker, Layer.FACADE, (DAY,)),
    ("walkers", people.walkers, Layer.AIR, ALWAYS),
    ("children", people.children, Layer.AIR, ALWAYS),
    ("fountain", water.fountain, Layer.AIR, ALWAYS),
    ("cars_across", vehicles.cars_across, Layer.AIR, ALWAYS),
    ("cars_towards", vehicles.cars_towards, Layer.AIR, ALWAYS),
    ("ball", balls.ball, Layer.AIR, ALWAYS),
    ("dribble", balls.dribble, Layer.AIR, ALWAYS),
    ("bird", birds.bird, Layer.AIR, ALWAYS),
    ("flock", birds.flock, Layer.AIR, (DAY,)),
    ("bird_dive", birds.dive, Layer.AIR, (DAY,)),
    ("bird_landing", birds.landing, Layer.AIR, (DAY,)),
    ("bats", birds.bats, Layer.AIR, DARK),
    ("drone_hover", lifts.drone_hover, Layer.AIR, ALWAYS),
    ("drone_descend", lifts.drone_descend, Layer.AIR, ALWAYS),
    ("leaves", adrift.leaves, Layer.AIR, ALWAYS),
    ("films", adrift.films, Layer.AIR, ALWAYS),
    ("fluff", adrift.dust, Layer.FRONT, ALWAYS),
    ("cables", lens.cables, Layer.FRONT, ALWAYS),
    ("tree", trees.tree, Layer.FRONT, ALWAYS),
    ("insects", insects.insects, Layer.FRONT, (DAY, INFRARED)),
    ("rain_light", precipitation.rain_light, Layer.FRONT, ALWAYS),
    ("rain_heavy", precipitation.rain_heavy, Layer.FRONT, ALWAYS),
    ("snow", precipitation.snow, Layer.FRONT, ALWAYS),
    ("hail", precipitation.hail, Layer.FRONT, ALWAYS),
    ("lens_drops", lens.lens_drops, Layer.CAMERA, ALWAYS),
    ("cobweb", lens.cobweb, Layer.CAMERA, ALWAYS),
    ("crawler", insects.crawler, Layer.CAMERA, ALWAYS),
    ("glare", sky.glare, Layer.CAMERA, (DAY,)),
    ("lightning", camera_effects.lightning, Layer.CAMERA, DARK),
    ("shake", camera_effects.shake, Layer.CAMERA, ALWAYS),
    ("bumps", camera_effects.bumps, Layer.CAMERA, ALWAYS),
    ("exposure_steps", camera_effects.exposure_steps, Layer.CAMERA, ALWAYS),
    ("exposure_drift", camera_effects.exposure_drift, Layer.CAMERA, ALWAYS),
    ("focus_search", camera_effects.focus_search, Layer.CAMERA, ALWAYS),
    ("infrared_switch", camera_effects.infrared_switch, Layer.CAMERA, (DAY, NIGHT)),
    ("clock", coding.clock, Layer.CAMERA, ALWAYS),
    ("running_text", coding.running_text, Layer.CAMERA, ALWAYS),
    ("codec_pulse", coding.codec_pulse, Layer.CAMERA, ALWAYS),
    ("packet_loss", coding.packet_loss, Layer.CAMERA, ALWAYS),
)

DISTRACTORS: dict[str, Maker] = {name: maker for name, maker, _, _ in _REGISTRY}
LAYERS: dict[str, Layer] = {name: layer for name, _, layer, _ in _REGISTRY}
TIMES: dict[str, tuple[str, ...]] = {name: times for name, _, _, times in _REGISTRY}
