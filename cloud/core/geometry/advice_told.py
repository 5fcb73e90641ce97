"""What advice tells, as plain objects for JSON, a table and a page."""

from typing import Any

from cloud.core.geometry.advice import Advice, Step


def whole(advice: Advice) -> dict[str, Any]:
    """Before, the cameras in the order in which to buy, after, and how far from the best it may be."""
    before, after = sum(advice.before.values()), sum(advice.after.values())
    return {
        "cells": advice.cells,
        "blind_before": before,
        "blind_after": after,
        "closable": advice.reachable,
        "watched_share_before": _share(advice, before),
        "watched_share_after": _share(advice, after),
        "cost": round(sum(step.camera.cost for step in advice.steps), 2),
        "cameras": [camera(step) for step in advice.steps],
        "facades": [
            {"facade": facade, "blind_before": count, "blind_after": advice.after[facade]}
            for facade, count in advice.before.items()
        ],
        "bound": {
            "looked_through": advice.candidates,
            "full_cost": round(advice.bound.cost, 2),
            "least_cost": round(advice.bound.least, 2),
            "factor": round(advice.bound.factor, 3),
            "harmonic": round(advice.bound.harmonic, 3),
        },
    }


def camera(step: Step) -> dict[str, Any]:
    """One camera to buy; mount, lens and resolution as an estate file has them."""
    chosen = step.camera
    return {
        "where": {"zh": chosen.spot.zh, "en": chosen.spot.en},
        "offer": chosen.offer.id,
        "mount": chosen.mount.model_dump(),
        "lens": chosen.offer.lens.model_dump(mode="json", exclude_defaults=True),
        "resolution": list(chosen.offer.resolution),
        "cost": round(chosen.cost, 2),
        "closes": dict(step.closes),
        "blind_left": step.left,
    }


def _share(advice: Advice, blind: int) -> float | None:
    return round(1 - blind / advice.cells, 4) if advice.cells else None
