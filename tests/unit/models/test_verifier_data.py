"""What is known of a track: from a scene's truth, from a desk; what the verifier's examples are made of."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.vision.frame import Frame
from edge.core.vision.preprocess import CROPS_SHAPE, MOTION_SHAPE, NUMBERS_SHAPE, Evidence
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.tracks import Point
from models.dataset import Examples, Known, Sighted, joined, known_of, load, nearness, tracks_in
from models.desk import DeskLabelError, desk_labels
from models.kinds import FALLS, KINDS, of_name, of_object, of_tags
from models.synth.actors import DISTRACTORS

SIZE = [1280, 720]
PATH = [[1 + i / 25, 400.0, 100 + 500 * (i / 25) ** 2] for i in range(25)]


def _track(path=PATH, *, dx=0.0, dt=0.0):
    return tuple(Point(t + dt, x + dx, y, 8.0, 40.0, 0.0, 8.0) for t, x, y in path)


def _truth(label="positive", kind="bottle", tags=()):
    thing = {"kind": kind, "label": label, "size_px": 8, "path": PATH}
    return {"size": SIZE, "truth": [thing], "tags": list(tags)}


def test_a_track_on_the_path_is_a_fall():
    assert known_of(_track(dx=5), _truth()) == Known(1.0, ("throw",))
    assert known_of(_track(), _truth(kind="facade tile")) == Known(1.0, ("falling_part",))


def test_a_part_of_the_path_is_a_fall_too():
    assert known_of(_track(PATH[8:16]), _truth()) == Known(1.0, ("throw",))


def test_a_track_far_from_the_path_is_what_the_scene_holds():
    assert known_of(_track(dx=400), _truth(tags=["day", "what:rain_light"])) == Known(0.0, ("rain", "other"))
    assert known_of(_track(dx=400), _truth()) == Known(0.0, ())


def test_a_track_near_the_path_teaches_nothing():
    assert known_of(_track(dx=60), _truth()) is None


def test_a_bounce_after_the_fall_teaches_nothing():
    bounce = tuple((1.98 + i / 25, 410.0, 560.0 - 40 * i / 25) for i in range(10))
    assert known_of(_track(bounce), _truth()) is None


def test_the_same_way_long_after_the_fall_is_no_fall():
    assert known_of(_track(dt=5.0), _truth(tags=["what:bird"])) == Known(0.0, ("bird", "other"))


@pytest.mark.parametrize("kind", ["reflection", "thrown_up"])
def test_what_is_neither_rewarded_nor_punished_teaches_its_kind_only(kind):
    known = known_of(_track(), _truth(label="ignore", kind=kind))
    assert np.isnan(known.fall)
    assert known.kinds == (kind,)


@given(st.floats(-300, 300), st.integers(5, 25))
def test_nearness_is_the_distance_by_which_a_track_was_moved(dx, count):
    share, away = nearness(_track(PATH[:count], dx=dx), np.array(PATH))
    assert share == 1.0
    assert away == pytest.approx(abs(dx), abs=1e-6)


def test_every_distractor_of_the_scenes_has_a_kind():
    assert {name for name in DISTRACTORS if of_name(name) == "other"} == {"fans"}
    assert not {of_name(name) for name in DISTRACTORS} & set(FALLS)


def test_kinds_are_found_in_peoples_words():
    assert of_name("Bird dive") == "bird"
    assert of_name("rain_light") == "rain"
    assert of_name("who knows") == "other"
    assert of_object("shoe", positive=True) == ("throw",)
    assert of_tags(["day", "1080p"]) == ()


def _evidence(value):
    return Evidence(*(np.full(s, value, np.float32) for s in (CROPS_SHAPE, MOTION_SHAPE, NUMBERS_SHAPE)))


def _examples():
    points = _track()
    rows = [
        (Sighted(points, _evidence(0.5)), Known(1.0, ("throw",))),
        (Sighted(points, _evidence(1.0)), Known(0.0, ())),
        (Sighted(points, _evidence(1.5)), Known(0.0, ("bird", "other"))),
    ]
    return joined(rows, clip=7)


def test_examples_survive_their_file(tmp_path):
    examples = _examples()
    examples.save(tmp_path / "one.npz")
    _examples().save(tmp_path / "two.npz")
    both = load(tmp_path.glob("*.npz"))
    assert len(both) == 2 * len(examples)
    for name in Examples.__slots__:
        np.testing.assert_array_equal(getattr(both, name)[:3], getattr(examples, name))


def test_no_files_are_no_examples():
    with pytest.raises(ValueError, match="no examples"):
        load([])


def test_what_is_no_fall_and_has_no_name_may_be_all_but_a_fall():
    possible = _examples().kinds
    assert {KINDS[i] for i in np.flatnonzero(possible[0])} == {"throw"}
    assert {KINDS[i] for i in np.flatnonzero(~possible[1])} == set(FALLS)
    assert {KINDS[i] for i in np.flatnonzero(possible[2])} == {"bird", "other"}


def _frames(seconds=2.5, noise=1.0):
    """A bright disc let go before a plain wall, 640x360 at 25 pictures a second."""
    chance = np.random.default_rng(3)
    wall = chance.normal(110, 12, (360, 640))
    rows, columns = np.mgrid[:360, :640]
    for index in range(round(seconds * 25)):
        t = index / 25 - 0.6
        y = 60 + 160 * max(t, 0) ** 2
        near = np.hypot(rows - y, columns - 300) < 5
        picture = np.where(near, 220, wall) + chance.normal(0, noise, wall.shape)
        yield Frame(np.clip(picture, 0, 255).astype(np.uint8), index / 25, index)


def test_the_detectors_own_tracks_are_found_with_parts_of_them():
    tracks = tracks_in(_frames(), 1, DetectorSettings())
    assert len(tracks) >= 3
    assert len({len(track.points) for track in tracks}) >= 3
    for track in tracks:
        assert abs(track.points[-1].x - 300) < 5
        assert track.seen.crops[-1, 1].max() > 1.0


def test_examples_are_the_same_each_time():
    first, second = (tracks_in(_frames(), 1, DetectorSettings()) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.seen.crops, other.seen.crops)


def _write(folder, *lines):
    (folder / "clip.mp4").write_bytes(b"")
    path = folder / "labels.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


GOOD = {"clip": "clip.mp4", "track": [[0.1, 1.0, 2.0], [0.2, 1.0, 4.0]], "label": True}


def test_desk_labels_are_read(tmp_path):
    false = {**GOOD, "label": False, "reason": "a bird"}
    labels = desk_labels(_write(tmp_path, GOOD, "", false, {**GOOD, "label": False}))
    assert [label.known for label in labels] == [Known(1.0, FALLS), Known(0.0, ("bird",)), Known(0.0, ())]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "the line: Invalid JSON"),
        ({**GOOD, "label": "yes"}, "label: Input should be a valid boolean"),
        ({**GOOD, "track": [[0.1, 1.0, 2.0]]}, "track: List should have at least 2 items"),
        ({**GOOD, "track": [[0.2, 1.0, 2.0], [0.1, 1.0, 2.0]]}, "times must increase"),
        ({**GOOD, "clip": "gone.mp4"}, "there is no clip gone.mp4"),
        ({**GOOD, "colour": 1}, "colour: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_label_is_refused_by_file_line_and_key(tmp_path, line, what):
    with pytest.raises(DeskLabelError, match=r"labels\.jsonl, line 2: ") as refused:
        desk_labels(_write(tmp_path, GOOD, line))
    assert what in str(refused.value)
