"""How plans, poses and advice are told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import atan, degrees

import numpy as np

from cloud.api import problems, shapes
from cloud.api.answers import plan as answers
from cloud.core.estate import Camera, Estate, Facade
from cloud.core.geometry.advice import Advice
from cloud.core.geometry.from_geojson import Draft
from cloud.core.geometry.looking import Reason
from cloud.core.geometry.pose import KnownPoint, Pose
from cloud.core.geometry.repose import Change
from cloud.core.geometry.site import Site
from cloud.core.geometry.survey import Survey
from contracts.devices import SeenFacade


def facade(one: Facade, survey: Survey) -> answers.PlannedFacade:
    """On the plan, with how many of its cells nobody watches when every camera works."""
    standing = survey.site.facades.get(one.id)
    verdict = None if standing is None else survey.verdict(one.id)
    return {
        **shapes.thing(one.id, one.name.zh, one.name.en),
        "building": one.building,
        "floors": one.floors,
        "bays": one.bays,
        "below": one.below,
        "wall": one.wall,
        "left_m": None if standing is None else standing.left_m,
        "right_m": None if standing is None else standing.right_m,
        "cells": None if verdict is None else int(verdict.reason.size),
        "blind": None if verdict is None else int((~verdict.watched).sum()),
    }


def camera(
    one: Camera, agent: str, survey: Survey, doubts: Mapping[str, datetime], seen: Collection[str]
) -> answers.PlannedCamera:
    """On the plan, with how many cells of which facade it watches. seen: cameras that have ever told."""
    half = None
    if (standing := survey.site.cameras.get(one.id)) is not None:
        left, right, upper, lower = standing.lens.bounds
        on_side = one.mount is not None and abs(abs(one.mount.roll_deg) - 90) < 45
        half = round(degrees(atan(max(-upper, lower) if on_side else max(-left, right))), 1)
    return {
        **shapes.thing(one.id, one.name.zh, one.name.en),
        "agent": agent,
        "planned": one.id not in seen,
        "mount": one.mount,
        "lens": one.lens,
        "resolution": one.resolution,
        "masks": one.masks,
        "half_deg": half,
        "watches": {
            look.facade: count
            for look in survey.looks.get(one.id, ())
            if (count := int((look.reason == Reason.WATCHED).sum()))
        },
        "doubted_since": shapes.maybe(doubts.get(one.id)),
    }


def sums(estate: Estate, survey: Survey) -> list[answers.PlannedFacade]:
    """All facades, as the file has them."""
    return [facade(one, survey) for one in estate.facades]


def cameras(
    estate: Estate, survey: Survey, doubts: Mapping[str, datetime], seen: Collection[str]
) -> list[answers.PlannedCamera]:
    """All cameras, by id."""
    found = [camera(one, agent.id, survey, doubts, seen) for agent in estate.agents for one in agent.cameras]
    return sorted(found, key=lambda one: one["id"])


def map_read(found: Estate, draft: Draft) -> answers.MapRead:
    """What a map's file draws."""
    return {
        "origin": found.origin,
        "buildings": found.buildings,
        "occluders": found.occluders,
        "facades": found.facades,
        "cameras": [
            {
                **shapes.thing(one.id, one.name.zh, one.name.en),
                "agent": agent.id,
                "mount": one.mount,
                "lens": one.lens,
                "resolution": one.resolution,
            }
            for agent in found.agents
            for one in agent.cameras
        ],
        "allowed": found.allowed,
        "notes": [problems.answered(each) for each in draft.notes],
        "refused": [problems.answered(each) for each in draft.refused],
    }


@dataclass(frozen=True, slots=True)
class Found:
    """A pose of a camera, what it changes in an estate, and of which facades it tells the camera's box."""

    camera: str
    agent: str
    pose: Pose
    points: Sequence[KnownPoint]
    changes: Sequence[Change]
    told: Sequence[SeenFacade]


def pose(one: Found, site: Site, version: int | None = None) -> answers.Pose:
    """A pose with its error and what that does. version: of the wish that tells the box."""
    found, changes = one.pose, one.changes
    x, y, z, yaw, pitch, roll = (round(float(each), 4) for each in found.errors)
    return {
        "camera": one.camera,
        "mount": found.mount,
        "rms_px": round(found.rms_px, 2),
        "points": [
            {"name": point.name, "off_px": round(off, 2)}
            for point, off in zip(one.points, found.off_px, strict=True)
        ],
        "errors": {
            "x_m": x,
            "y_m": y,
            "z_m": z,
            "yaw_deg": yaw,
            "pitch_deg": pitch,
            "roll_deg": roll,
        },
        "changes": [_change(each) for each in changes],
        "homographies": [
            {
                "facade": each.facade,
                "matrix": np.round(found.homography(site.facades[each.facade]), 9).tolist(),
            }
            for each in changes
            if each.now.any()
        ],
        "told": {"agent": one.agent, "facades": [each.id for each in one.told], "version": version},
    }


def _change(change: Change) -> answers.PoseChange:
    return {
        "facade": change.facade,
        "before": int(change.was.sum()),
        "after": int(change.now.sum()),
        "gained": int((change.now & ~change.was).sum()),
        "lost": int((change.was & ~change.now).sum()),
        "unsure": int(change.unsure.sum()),
    }


def advice(name: str, found: Advice) -> answers.Advice:
    """For one facade."""
    return {
        "facade": name,
        "blind_before": sum(found.before.values()),
        "blind_after": sum(found.after.values()),
        "closable": found.reachable,
        "cameras": [
            {
                "where": {"zh": step.camera.spot.zh, "en": step.camera.spot.en},
                "offer": step.camera.offer.id,
                "mount": step.camera.mount,
                "cost": step.camera.cost,
                "closes": step.closes.get(name, 0),
                "blind_left": step.left,
            }
            for step in found.steps
        ],
        "factor": round(found.bound.factor, 2),
    }
