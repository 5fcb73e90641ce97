"""A month as the JSON that the bureau's page reads: what is ranked, in order, and what has changed."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from cloud.api import shapes
from cloud.api.answers import oversight as answers
from cloud.api.answers.base import Name
from cloud.core.bureau_file import building_name
from cloud.core.ranking import Building, Figure, Place, Review, Shift, Standing
from cloud.core.ranks import Level, Order, ranked
from cloud.store.registry import CameraName, EstateRow


class Told:
    """A month with the names of what is in it, and the order in which it is told."""

    def __init__(
        self, review: Review, estates: Sequence[EstateRow], cameras: Sequence[CameraName], order: Order
    ) -> None:
        self._review, self._order = review, order
        self._estates, self._cameras = {row.id: row for row in estates}, cameras
        self._places = {place.id: place for place in review.places}

    def all_of(self, level: Level) -> list[answers.Ranked]:
        """Every estate, building or facade."""
        if level == "estate":
            after = {estate: both[1] for estate, both in self._review.estates.items()}
            names = {estate: self._estates[estate].name_zh for estate in after}
            return [self._estate(one) for one in ranked(after, names, self._order)]
        return self._buildings(None) if level == "building" else self._facades(None, None)

    def buildings(self, estate: str | None) -> list[answers.Ranked]:
        """Those of an estate; none where none is named."""
        return [] if estate is None else self._buildings(estate)

    def facades(self, estate: str | None, building: str | None) -> list[answers.Ranked]:
        """Those of a building of an estate; none where none is named."""
        return [] if estate is None or building is None else self._facades(estate, building)

    def shifts(self, most: int) -> list[answers.Shift]:
        """What changed since the month before, what matters most first."""
        return [self._shift(shift) for shift in self._review.shifts[:most]]

    def _buildings(self, estate: str | None) -> list[answers.Ranked]:
        after = {one: both[1] for one, both in self._review.buildings.items() if estate in {None, one[0]}}
        return [self._building(one) for one in ranked(after, {one: one[1] for one in after}, self._order)]

    def _facades(self, estate: str | None, building: str | None) -> list[answers.Ranked]:
        after = {
            place.id: self._review.facades[place.id][1]
            for place in self._places.values()
            if estate in {None, place.estate} and building in {None, place.building}
        }
        names = {facade: self._places[facade].name_zh for facade in after}
        return [self._facade(self._places[one]) for one in ranked(after, names, self._order)]

    def _estate(self, estate: str) -> answers.Ranked:
        row = self._estates[estate]
        return {
            **shapes.thing(row.id, row.name_zh, row.name_en),
            **self._at(estate, None),
            "counted_at": shapes.maybe(self._review.counted[1].counted_at.get(estate)),
            **compared(self._review.estates[estate]),
        }

    def _building(self, building: Building) -> answers.Ranked:
        estate, identity = building
        return {
            **shapes.thing(identity, building_name(identity), f"Building {identity}"),
            **self._at(estate, identity),
            "counted_at": None,
            **compared(self._review.buildings[building]),
        }

    def _facade(self, place: Place) -> answers.Ranked:
        return {
            **shapes.thing(place.id, place.name_zh, place.name_en),
            **self._at(place.estate, place.building),
            "counted_at": None,
            **compared(self._review.facades[place.id]),
        }

    def _at(self, estate: str, building: str | None) -> answers.At:
        row = self._estates[estate]
        return {"estate": shapes.thing(row.id, row.name_zh, row.name_en), "building": building}

    @cached_property
    def _called(self) -> Mapping[str, Name]:
        return {row.id: shapes.name(row.name_zh, row.name_en) for row in self._cameras}

    def _shift(self, shift: Shift) -> answers.Shift:
        cause, place = shift.cause, None if shift.facade is None else self._places[shift.facade]
        return {
            "kind": shift.kind,
            **self._at(shift.estate, None if place is None else place.building),
            "facade": None if place is None else shapes.thing(place.id, place.name_zh, place.name_en),
            "before": shift.before,
            "after": shift.after,
            "cause": None
            if cause is None
            else {
                "camera": cause.camera,
                "camera_name": self._called.get(cause.camera),
                "why": cause.why,
                "since": shapes.instant(cause.since),
            },
        }


def compared(both: tuple[Standing, Standing]) -> answers.Compared:
    """A month beside the one before."""
    return {"before": _standing(both[0]), "after": _standing(both[1])}


def _standing(one: Standing) -> answers.Standing:
    return {
        "blind": _share(one.figures["blind"]),
        "availability": _share(one.figures["availability"]),
        "picture": _share(one.figures["picture"]),
        "facades": one.facades,
        "unmodelled": one.unmodelled,
        "cells": one.cells,
        "blind_cells": one.blind_cells,
        "long_blind_cells": one.long_blind_cells,
        "oldest_blind_s": one.oldest_blind_s,
        "overdue": one.overdue,
    }


def _share(figure: Figure) -> answers.Share:
    return {"value": figure.value, "numerator": figure.numerator, "denominator": figure.denominator}
