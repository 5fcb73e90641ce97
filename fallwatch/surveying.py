"""Asks many cameras at once: what each sees of a site is a question of its own, so processes share them."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

from cloud.core.geometry.looking import Look
from cloud.core.geometry.site import Site
from cloud.core.geometry.survey import Survey, seen_by, survey

ALONE: Final = 200
"""So few cameras are asked sooner than processes are started."""
BATCH: Final = 25

_asked: list[Site] = []
"""In a worker: the site that it was started with."""


def surveyed(site: Site, jobs: int) -> Survey:
    """`survey`, by this many processes."""
    if jobs < 2 or len(site.cameras) < ALONE:
        return survey(site)
    for _ in (site.planes, site.buried_m, site.block_index, site.cylinder_index):
        pass  # made before the processes part, so that each has them
    cameras = list(site.cameras)
    batches = [cameras[first : first + BATCH] for first in range(0, len(cameras), BATCH)]
    with ProcessPoolExecutor(jobs, get_context("fork"), _asked.append, (site,)) as pool:
        looks = {camera: seen for each in pool.map(_looks, batches) for camera, seen in each}
    return Survey(site, looks)


def _looks(cameras: Sequence[str]) -> list[tuple[str, tuple[Look, ...]]]:
    (site,) = _asked
    return [(camera, seen_by(site, site.cameras[camera])) for camera in cameras]
