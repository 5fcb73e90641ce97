"""The network and what varies its examples; skipped where torch is not installed."""

import numpy as np
import pytest

from edge.core.vision.preprocess import CROPS_SHAPE, MOTION, MOTION_SHAPE, NUMBERS, NUMBERS_SHAPE
from models.kinds import KINDS

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[train]'")


@pytest.fixture(scope="module")
def parts():
    from models import augment, network, train  # noqa: PLC0415 - needs torch

    return augment, network, train


def _batch(augment, n=6):
    chance = torch.Generator().manual_seed(5)
    draw = (torch.randn(n, *shape, generator=chance) for shape in (CROPS_SHAPE, MOTION_SHAPE, NUMBERS_SHAPE))
    kinds = torch.zeros(n, len(KINDS), dtype=torch.bool)
    kinds[:, 0] = True
    return augment.Batch(*draw, torch.ones(n), kinds)


def test_the_network_is_small(parts):
    _, network, _ = parts
    assert sum(p.numel() for p in network.Network().parameters()) < 200_000


def test_answers_do_not_depend_on_the_company(parts):
    augment, network, _ = parts
    batch = _batch(augment)
    made = network.Shares(network.Network()).eval()
    whole = made(batch.crops, batch.motion, batch.numbers)[0]
    single = made(batch.crops[2:3], batch.motion[2:3], batch.numbers[2:3])[0]
    torch.testing.assert_close(whole[2:3], single)


def test_moments_without_a_picture_are_told_from_dark_ones(parts):
    augment, network, _ = parts
    batch = _batch(augment)
    made = network.Network().eval()
    without = batch.crops.clone()
    without[:, 3] = 0.0
    faint = without.clone()
    faint[:, 3] = 1e-3
    assert not torch.equal(
        made(without, batch.motion, batch.numbers)[1], made(faint, batch.motion, batch.numbers)[1]
    )


def test_variation_is_the_same_for_the_same_seed_and_keeps_what_is_known(parts):
    augment, _, _ = parts
    batch = _batch(augment)
    before = batch.crops.clone()
    spread = torch.ones(len(NUMBERS))
    first, again, other = (
        augment.varied(batch, spread, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first.crops, again.crops)
    assert not torch.equal(first.crops, other.crops)
    assert torch.equal(first.fall, batch.fall)
    assert torch.equal(first.kinds, batch.kinds)
    assert torch.equal(batch.crops, before)


def test_mirroring_moves_aside_the_other_way_and_leaves_down(parts):
    augment, _, _ = parts
    batch = _batch(augment)
    crops, motion, numbers = batch.crops.clone(), batch.motion.clone(), batch.numbers.clone()
    augment._mirror(crops, motion, numbers, torch.ones(6, dtype=torch.bool))
    assert torch.equal(crops, batch.crops.flip(-1))
    assert torch.equal(motion[:, :, MOTION.index("x_h")], -batch.motion[:, :, MOTION.index("x_h")])
    assert torch.equal(motion[:, :, MOTION.index("y_h")], batch.motion[:, :, MOTION.index("y_h")])
    assert torch.equal(numbers[:, NUMBERS.index("down_h")], batch.numbers[:, NUMBERS.index("down_h")])


def test_falls_are_shown_as_often_as_everything_else(parts):
    from models.dataset import Examples  # noqa: PLC0415 - beside what needs torch

    _, _, train = parts
    n = 100
    fall = np.zeros(n, np.float32)
    fall[:7] = 1.0
    fall[7] = np.nan
    kinds = np.zeros((n, len(KINDS)), np.bool_)
    kinds[np.arange(n), np.where(fall == 1, 0, 4)] = True
    kinds[50:53, :] = True
    empty = [np.zeros((n, *shape)) for shape in (CROPS_SHAPE, MOTION_SHAPE, NUMBERS_SHAPE)]
    weight = train.sampling_weights(Examples(*empty, fall, kinds, np.zeros(n, np.int64)))
    assert weight[fall == 1].sum() == pytest.approx(weight[fall != 1].sum())
    assert weight[50] > weight[60]
