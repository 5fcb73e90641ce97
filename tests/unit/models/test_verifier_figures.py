"""The figures by which a verifier is judged."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.vision.frame import Fall, Track
from models.evaluate import Score, figures, plot, ranking, reliability, scored
from models.kinds import KINDS

PATH = [[1 + i / 25, 400.0, 100 + 500 * (i / 25) ** 2] for i in range(25)]
TRUTH = {"size": [1280, 720], "truth": [{"kind": "can", "label": "positive", "path": PATH}]}


def _fall(dx=0.0, dt=0.0):
    path = np.array(PATH)
    return Fall(Track(1, path[:, 0] + dt, (path[:, 1:] + [dx, 0]).astype(np.float32)), 0.9, 3.0)


def test_honest_probabilities_have_no_calibration_error():
    chance = np.random.default_rng(1)
    said = chance.uniform(0, 1, 40_000)
    assert reliability(said, chance.uniform(0, 1, said.size) < said).error < 0.02


def test_boasting_shows_in_the_calibration_error():
    chance = np.random.default_rng(1)
    true = chance.uniform(0, 1, 10_000) < 0.5
    assert reliability(np.where(true, 0.99, 0.6), true).error == pytest.approx(0.305, abs=0.01)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=60))
def test_ranking_is_the_share_of_pairs_in_order(rows):
    said = np.array([value for value, _ in rows], np.float64)
    truth = np.array([fall for _, fall in rows])
    falls, others = said[truth], said[~truth]
    if not falls.size or not others.size:
        assert np.isnan(ranking(said, truth))
        return
    pairs = (falls[:, None] > others).mean() + 0.5 * (falls[:, None] == others).mean()
    assert ranking(said, truth) == pytest.approx(pairs)


def test_figures_leave_out_what_nobody_knows():
    truth = np.array([1, 0, np.nan, 1], np.float32)
    possible = np.zeros((4, len(KINDS)), np.bool_)
    possible[[0, 1, 2, 3], [0, KINDS.index("bird"), KINDS.index("reflection"), 0]] = True
    shares = np.eye(len(KINDS))[[0, KINDS.index("bird"), 0, KINDS.index("bird")]]
    told = figures(np.array([0.9, 0.2, 0.9, 0.3]), shares, truth, possible)
    assert (told["examples"], told["falls"], told["auc"]) == (3, 2, 1.0)
    assert told["recall"] == 0.5
    assert told["kinds"]["bird"] == {"examples": 1, "called_a_fall": 0.0, "named_right": 1.0}
    assert told["kinds"]["throw"]["named_right"] == 0.5


def test_the_plot_is_a_picture():
    chance = np.random.default_rng(1)
    said = chance.uniform(0, 1, 500)
    picture = cv2.imdecode(np.frombuffer(plot(reliability(said, said > 0.5)), np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape[0] == picture.shape[1] > 400
    assert (picture < 250).any()


def test_an_event_on_the_path_is_found_once():
    assert scored([_fall(5), _fall(-5)], TRUTH) == Score(found=1, falls=1, false=1)


def test_an_event_beside_the_path_or_at_another_time_is_false():
    assert scored([_fall(60), _fall(dt=9)], TRUTH) == Score(found=0, falls=1, false=2)


def test_what_is_to_be_ignored_neither_counts_nor_is_missed():
    ignored = {**TRUTH, "truth": [{**TRUTH["truth"][0], "label": "ignore"}]}
    assert scored([_fall()], ignored) == Score()
    assert scored([_fall()], {**TRUTH, "truth": "negative"}) == Score(false=1)


def test_the_released_file_tells_nothing_of_the_machine_that_trained_it() -> None:
    for model in (Path(__file__).parents[3] / "models").glob("*.onnx"):
        content = model.read_bytes()
        assert b".py" not in content
        assert b"site-packages" not in content
