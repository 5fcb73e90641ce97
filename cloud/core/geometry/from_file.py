"""A map's file as somebody has it: GeoJSON, or a table of sizes by its name."""

import json
from typing import Final

from cloud.core.geometry import from_csv, from_geojson
from cloud.core.geometry.from_geojson import Asked, Draft
from cloud.core.refused import Refused, objection

TABLES: Final = (".csv", ".tsv", ".txt")


def read(name: str, text: str, asked: Asked) -> Draft:
    """The estate that a file of this name draws.

    Raises:
        Refused: Nothing of it can be used.
    """
    if name.lower().endswith(TABLES):
        return from_csv.read(text, asked)
    try:
        collection = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused(
            objection(
                "no_json",
                "from line {line} on this is no JSON ({reason}): export it as GeoJSON again",
                line=error.lineno,
                reason=error.msg,
            )
        ) from error
    return from_geojson.read(collection, asked)
