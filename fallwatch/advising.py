"""`fallwatch coverage --advise`: which cameras, hung where, would close what is blind, and how well."""

import json
from collections.abc import Sequence

import click

from cloud.core.estate import Estate
from cloud.core.geometry import advice_told
from cloud.core.geometry.advice import Advice, advise
from cloud.core.geometry.allowed import offered, spots
from cloud.core.geometry.survey import Survey
from fallwatch import columns

Limits = tuple[int | None, float | None]
"""No more cameras, no more cost."""


def tell(
    surveys: Sequence[tuple[Estate, Survey]],
    chosen: frozenset[str] | None,
    limits: Limits,
    *,
    as_json: bool,
) -> None:
    """Say it for people, or as one JSON object."""
    told = [(estate, _advice(estate, found, chosen, limits)) for estate, found in surveys]
    if as_json:
        every = [{"estate": estate.id, **advice_told.whole(advice)} for estate, advice in told]
        click.echo(json.dumps({"estates": every}, ensure_ascii=False))
        return
    for estate, advice in told:
        _show(estate, advice)


def _advice(estate: Estate, found: Survey, chosen: frozenset[str] | None, limits: Limits) -> Advice:
    most, budget = limits
    places = spots(estate.allowed, estate.buildings)
    return advise(found, places, offered(estate.allowed), most=most, budget=budget, facades=chosen)


def _show(estate: Estate, advice: Advice) -> None:
    told = advice_told.whole(advice)
    click.echo(
        f"{estate.name.en} {estate.name.zh}: {told['blind_before']} of {told['cells']} cells are blind while"
        f" every camera works; {told['closable']} of them can be closed from"
        f" {'the long walls of its buildings' if estate.allowed is None else 'where cameras are allowed'}."
    )
    rows = [["", "where", "camera", "x, y, z m", "yaw, pitch, roll", "cost", "closes", "blind then"]]
    for number, each in enumerate(told["cameras"], 1):
        mount = each["mount"]
        rows.append(
            [
                str(number),
                f"{each['where']['en']} {each['where']['zh']}",
                each["offer"],
                f"{mount['x_m']:g}, {mount['y_m']:g}, {mount['z_m']:g}",
                f"{mount['yaw_deg']:g}, {mount['pitch_deg']:g}, {mount['roll_deg']:g}",
                f"{each['cost']:g}",
                str(sum(each["closes"].values())),
                str(each["blind_left"]),
            ]
        )
    columns.show(rows, left={1, 2})
    for facade in told["facades"]:
        click.echo(f"{facade['facade']}: {facade['blind_before']} → {facade['blind_after']} blind")
    if told["watched_share_before"] is not None:
        click.echo(f"Watched: {told['watched_share_before']:.1%} → {told['watched_share_after']:.1%}.")
    bound = told["bound"]
    if bound["full_cost"]:
        click.echo(
            f"To close all {told['closable']} costs {bound['full_cost']:g} this way; no choice of the"
            f" {bound['looked_through']} cameras looked through does it for less than"
            f" {bound['least_cost']:g}, so this is within {bound['factor']:g} times the cheapest (greedy"
            f" guarantees {bound['harmonic']:g} times)."
        )
