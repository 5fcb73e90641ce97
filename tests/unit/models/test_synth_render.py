"""Rendered pictures: the same scene gives the same pictures, and the thing is where the truth says."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from models.synth import presets
from models.synth.scene import frames, truth
from models.synth.video import render

SMALL = replace(
    presets.SHORT,
    camera=replace(presets.EAST_CAMERA, width=400, height=360, focal_px=372),
    duration_s=0.8,
    throws=(replace(presets.SHORT.throws[0], at_s=0.0, floor=9, bay=4),),
)


def test_the_same_seed_gives_the_same_pictures_and_another_seed_others() -> None:
    first, second = next(frames(SMALL)), next(frames(SMALL))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, next(frames(replace(SMALL, seed=99))))


def test_the_thing_is_where_the_truth_says() -> None:
    bare = replace(SMALL, throws=(), noise_luma=0.0)
    thrown = replace(SMALL, noise_luma=0.0)
    path = {round(t_s * 25): (x, y) for t_s, x, y in truth(thrown)[0].path}
    pairs = zip(frames(thrown), frames(bare), strict=True)
    for index, (with_thing, without) in enumerate(islice(pairs, 12)):
        difference = np.abs(with_thing[:360].astype(int) - without[:360].astype(int))
        y, x = np.nonzero(difference > 12)
        if len(x) < 4:
            continue
        middle = np.array([x.mean(), y.mean()])
        assert np.linalg.norm(middle - path[index]) < 2.5


def test_a_video_is_rendered_once(tmp_path: Path) -> None:
    tiny = replace(SMALL, duration_s=0.2, throws=())
    first = render(tiny, tmp_path, "tiny")
    written = first.video.stat().st_mtime_ns
    assert render(tiny, tmp_path, "tiny") == first
    assert first.video.stat().st_mtime_ns == written
    assert render(replace(tiny, seed=2), tmp_path, "tiny").video != first.video
