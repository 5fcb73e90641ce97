"""Which cells of an estate are watched, by which cameras, and why not the others."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Self

import numpy as np

from cloud.core.geometry.grid import Facade
from cloud.core.geometry.hiding import between
from cloud.core.geometry.lens import F64, Flags
from cloud.core.geometry.looking import Codes, Look, Reason, look
from cloud.core.geometry.site import Camera, Site

BEYOND: Final = 1.5
"""Cameras are asked up to this multiple of the distance at which a wall before them becomes too coarse, so
that what lies a little beyond is told as too coarse and not as out of view."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """All cameras' looks at a facade, put together, per cell (R, C).

    looks: of the cameras that have anything of it in the picture. reason: WATCHED where one of them watches;
    else that of the camera that comes nearest to it. smallest_m: the smallest thing whose fall is found; inf
    where too little of it is seen by every camera.
    """

    facade: Facade
    looks: tuple[Look, ...]
    reason: Codes
    smallest_m: F64

    @property
    def watched(self) -> Flags:
        """(R, C): whether one camera watches."""
        return np.asarray(self.reason == Reason.WATCHED)

    @property
    def watched_m2(self) -> float:
        """Area of the watched cells."""
        return float(self.facade.grid.areas_m2[self.watched].sum())

    @property
    def area_m2(self) -> float:
        """Of all cells."""
        return float(self.facade.grid.areas_m2.sum())

    def shares(self) -> dict[Reason, float]:
        """How much of the area is watched, and how much is not for which reason."""
        areas = self.facade.grid.areas_m2
        return {why: float(areas[self.reason == why].sum() / areas.sum()) for why in Reason}


@dataclass(frozen=True, eq=False)
class Survey:
    """A site with what each camera sees of it. looks: by camera, only of what it has in its picture."""

    site: Site
    looks: Mapping[str, tuple[Look, ...]]

    @cached_property
    def by_facade(self) -> Mapping[str, tuple[Look, ...]]:
        """The same looks by facade."""
        found: defaultdict[str, list[Look]] = defaultdict(list)
        for several in self.looks.values():
            for each in several:
                found[each.facade].append(each)
        return {facade: tuple(each) for facade, each in found.items()}

    def verdict(self, facade: str) -> Verdict:
        """What becomes of a facade's cells."""
        return verdict(self.site.facades[facade], self.by_facade.get(facade, ()))

    def verdicts(self) -> list[Verdict]:
        """Of all facades that are modelled."""
        return [self.verdict(facade) for facade in self.site.facades]

    def with_camera(self, camera: Camera) -> Self:
        """The survey after one camera was moved, turned, masked or added; the others are not asked again."""
        site = self.site.with_camera(camera)
        return replace(self, site=site, looks={**self.looks, camera.id: seen_by(site, camera)})


def survey(site: Site) -> Survey:
    """Ask every camera."""
    return Survey(site, {camera.id: seen_by(site, camera) for camera in site.cameras.values()})


def seen_by(site: Site, camera: Camera) -> tuple[Look, ...]:
    """A camera's looks at the facades that it has in its picture from near enough."""
    facades = [site.facades[facade] for facade in site.planes.seen_by(camera, farthest_m(site, camera))]
    near = between(site, camera.place_m, facades)
    looks = (look(site, camera, *each) for each in zip(facades, near, strict=True))
    return tuple(each for each in looks if each is not None)


def farthest_m(site: Site, camera: Camera) -> float:
    """How far a camera is asked: beyond, no wall would be drawn finely enough, however it stood."""
    return max(camera.lens.densest_px, BEYOND * max(camera.lens.focal)) / site.needed.px_per_m


def verdict(facade: Facade, looks: Iterable[Look]) -> Verdict:
    """Several cameras' looks at a facade as one answer: one camera must see enough alone."""
    several = tuple(looks)
    reason = np.full(facade.grid.shape, Reason.OUT_OF_VIEW, dtype=np.uint8)
    finest = np.zeros(facade.grid.shape)
    for each in several:
        np.maximum(reason, each.reason, out=reason)
        np.maximum(finest, each.fall_px_m, out=finest)
    with np.errstate(divide="ignore"):
        smallest = facade.needed.spans_px / finest
    return Verdict(facade, several, reason, smallest)
