"""Estates drawn elsewhere: a GeoJSON collection (RFC 7946) as the parts of an estate file.

Polygons are buildings, lines walls, points cameras, trees or poles; OpenStreetMap's tags are understood, and
the words that Chinese surveys use. What is doubtful is told, what cannot be used is refused, feature by
feature, with what to do about it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from shapely import Polygon
from shapely.geometry import MultiPolygon, shape
from shapely.geometry.base import BaseGeometry

from cloud.core.geometry import outline
from cloud.core.geometry.allowed import USUAL
from cloud.core.geometry.georeference import FARTHEST_M, Plane
from cloud.core.geometry.outline import Sizes
from cloud.core.geometry.properties import KINDS, count_of, number_of, pair_of, text_of
from cloud.core.refused import At, Objection, Refused, Value, objection


@dataclass(frozen=True, slots=True)
class Asked:
    """What the file does not say. local: its coordinates are metres already."""

    estate: str
    zh: str
    en: str
    local: bool = False
    default_floors: int | None = None
    with_facades: bool = True


@dataclass
class Draft:
    """An estate as an estate file has it; what was assumed of it; what of it cannot be used."""

    estate: dict[str, Any]
    notes: list[Objection] = field(default_factory=list)
    refused: list[Objection] = field(default_factory=list)


def read(collection: object, asked: Asked) -> Draft:
    """The estate that a collection draws.

    Raises:
        Refused: It is no collection of features, or lies nowhere.
    """
    features = _features(collection)
    origin, plane = _plane(features, asked)
    draft = Draft({"id": asked.estate, "name": {"zh": asked.zh, "en": asked.en}, **origin})
    drawn = _Drawn(asked, draft)
    for number, each in enumerate(features, 1):
        properties = each.get("properties") or {}
        name = text_of(properties, "name")
        where = At("feature", number, name)
        try:
            drawn.take(_shape(each.get("geometry"), plane), properties, name or str(each.get("id") or number))
        except Refused as error:
            draft.refused += [each.found_at(where) for each in error.objections]
        draft.notes += [each.found_at(where) for each in drawn.told()]
    drawn.finish()
    return draft


@dataclass
class _Drawn:
    """What has been read so far."""

    asked: Asked
    draft: Draft
    taken: set[str] = field(default_factory=set)
    buildings: list[dict[str, Any]] = field(default_factory=list)
    facades: list[dict[str, Any]] = field(default_factory=list)
    occluders: list[dict[str, Any]] = field(default_factory=list)
    poles: list[dict[str, Any]] = field(default_factory=list)
    agents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _notes: list[Objection] = field(default_factory=list)

    def told(self) -> list[Objection]:
        """What was assumed since the last call."""
        notes, self._notes = self._notes, []
        return notes

    def _note(self, code: str, template: str, **values: Value) -> None:
        self._notes.append(Objection(code, template, values))

    def take(self, drawn: BaseGeometry, properties: Mapping[str, Any], name: str) -> None:
        """One feature."""
        kind = _kind(drawn, properties)
        if kind == "building":
            parts = list(drawn.geoms) if isinstance(drawn, MultiPolygon) else [drawn]
            if len(parts) > 1:
                self._note("parts_apart", "its {n} parts become a building each", n=len(parts))
            for part in parts:
                self._building(part, properties, name)
        elif kind == "wall":
            self._wall(drawn, properties)
        else:
            x, y = (round(float(each), 2) for each in drawn.coords[0][:2])
            {"tree": self._tree, "camera": self._camera, "pole": self._pole}[kind]((x, y), properties, name)

    def _building(self, part: BaseGeometry, properties: Mapping[str, Any], name: str) -> None:
        plan, notes = outline.footprint(part)
        sizes = Sizes(number_of(properties, "height"), count_of(properties, "floors"))
        high, more = outline.storeys(sizes, self.asked.default_floors)
        self._notes += [*notes, *more]
        building = {
            "id": outline.slug(name, f"building-{len(self.buildings) + 1}", self.taken),
            "footprint": [[round(x, 2), round(y, 2)] for x, y in plan.exterior.coords[:-1]],
            **high,
        }
        self.buildings.append(building)
        if self.asked.with_facades:
            self.facades += outline.facades(building, self.asked.estate, name)

    def _wall(self, drawn: BaseGeometry, properties: Mapping[str, Any]) -> None:
        lines = list(getattr(drawn, "geoms", [drawn]))
        if any(isinstance(line, Polygon) for line in lines):
            raise Refused(
                objection("wall_as_area", "a wall is a line: draw it as one, or call it a building")
            )
        height = number_of(properties, "height")
        if height is None:
            height = 2.5
            self._note("wall_height_assumed", "it is taken as 2.5 m high")
        more = {"thickness_m": thick} if (thick := number_of(properties, "thickness")) else {}
        for line in lines:
            points = [[round(x, 2), round(y, 2)] for x, y, *_ in line.coords]
            self.occluders.append({"kind": "wall", "line": points, "height_m": height, **more})

    def _tree(self, at: tuple[float, float], properties: Mapping[str, Any], _: str) -> None:
        height, radius = number_of(properties, "height"), number_of(properties, "radius")
        if radius is None and (across := number_of(properties, "diameter")) is not None:
            radius = across / 2
        if height is None or radius is None:
            self._note(
                "tree_assumed", "where its size is missing, 8 m high and a crown of 3 m radius are assumed"
            )
        high, broad = height or 8.0, radius or 3.0
        trunk = {"trunk_m": round(high / 4, 2)} if high <= 2.0 else {}
        self.occluders.append({"kind": "tree", "at": list(at), "radius_m": broad, "height_m": high, **trunk})

    def _pole(self, at: tuple[float, float], properties: Mapping[str, Any], name: str) -> None:
        height = number_of(properties, "height")
        pole = {
            "id": outline.slug(name, "pole", self.taken),
            "name": {"zh": name, "en": name},
            "at": list(at),
        }
        self.poles.append(pole | ({} if height is None else {"heights_m": [height]}))

    def _camera(self, at: tuple[float, float], properties: Mapping[str, Any], name: str) -> None:
        camera: dict[str, Any] = {
            "id": outline.slug(name, "camera", self.taken),
            "name": {"zh": name, "en": name},
        }
        mount = {key: number_of(properties, key) for key in ("z", "yaw", "pitch")}
        focal, sensor = number_of(properties, "focal"), pair_of(properties, "sensor")
        fov = number_of(properties, "fov")
        size = pair_of(properties, "resolution")
        missing = [key for key, value in {**mount, "resolution": size}.items() if value is None]
        if fov is None and (focal is None or sensor is None):
            missing.append("fov, or focal_mm and sensor_mm")
        if missing:
            self._note(
                "camera_not_modelled",
                "it is not modelled: {missing} missing; it watches nothing yet",
                missing=", ".join(missing),
            )
        else:
            assert size is not None
            camera |= {
                "mount": {
                    "x_m": at[0],
                    "y_m": at[1],
                    **{f"{key}_m" if key == "z" else f"{key}_deg": value for key, value in mount.items()},
                    "roll_deg": number_of(properties, "roll") or 0.0,
                },
                "lens": {"fov_deg": fov} if fov else {"focal_mm": focal, "sensor_mm": list(sensor or ())},
                "resolution": [round(side) for side in size],
            }
        agent = text_of(properties, "agent") or f"{self.asked.estate}-box-1"
        self.agents.setdefault(agent, []).append(camera)

    def finish(self) -> None:
        """Write down what was read."""
        estate = self.draft.estate
        estate |= {
            key: value
            for key, value in {
                "buildings": self.buildings,
                "occluders": self.occluders,
                "facades": self.facades,
            }.items()
            if value
        }
        if self.agents:
            taken: set[str] = set()
            estate["agents"] = [
                {"id": outline.slug(agent, "box", taken), "name": {"zh": agent, "en": agent}, "cameras": own}
                for agent, own in self.agents.items()
            ]
        if self.poles:
            offers = [offer.model_dump(mode="json", exclude_defaults=True) for offer in USUAL]
            estate["allowed"] = {"poles": self.poles, "offers": offers}


def _features(collection: object) -> Sequence[Mapping[str, Any]]:
    if not isinstance(collection, Mapping) or collection.get("type") not in {"FeatureCollection", "Feature"}:
        raise Refused(
            objection(
                "no_geojson", "this is no GeoJSON: a FeatureCollection is expected; shapefiles export as one"
            )
        )
    found = [collection] if collection["type"] == "Feature" else collection.get("features")
    if not isinstance(found, list) or not found or not all(isinstance(each, Mapping) for each in found):
        raise Refused(objection("no_features", "the collection has no features: draw at least one building"))
    return found


def _plane(features: Iterable[Mapping[str, Any]], asked: Asked) -> tuple[dict[str, Any], Plane | None]:
    places = np.array([place for each in features for place in _places(each.get("geometry"))]).reshape(-1, 2)
    if not len(places):
        raise Refused(objection("no_geometries", "no feature has a geometry"))
    if asked.local:
        return {}, None
    if (np.abs(places) > (180, 90)).any():
        raise Refused(
            objection(
                "not_degrees",
                "its coordinates are not longitude and latitude: export it as WGS 84 (EPSG:4326), or say"
                " --local if they are metres east and north",
            )
        )
    lon, lat = (float(each) for each in (places.min(axis=0) + places.max(axis=0)) / 2)
    plane = Plane(round(lon, 6), round(lat, 6))
    if np.abs(plane.metres(places)).max() > FARTHEST_M:
        raise Refused(
            objection(
                "too_far_apart",
                "its features lie more than {km} km from their middle: one estate at a time",
                km=round(FARTHEST_M / 1000),
            )
        )
    return {"origin": {"lon_deg": plane.lon_deg, "lat_deg": plane.lat_deg}}, plane


def _places(geometry: object) -> Iterator[tuple[float, float]]:
    """Every place of a geometry's coordinates, however deep."""
    if isinstance(geometry, Mapping):
        yield from _places(geometry.get("coordinates"))
        for each in geometry.get("geometries") or ():
            yield from _places(each)
    elif isinstance(geometry, list):
        if len(geometry) >= 2 and all(isinstance(each, int | float) for each in geometry[:2]):
            yield float(geometry[0]), float(geometry[1])
        else:
            for each in geometry:
                yield from _places(each)


def _shape(geometry: Mapping[str, Any] | None, plane: Plane | None) -> BaseGeometry:
    if not geometry:
        raise Refused(objection("geometry_missing", "it has no geometry: draw it, or take it out"))

    def moved(coordinates: Any) -> Any:
        if coordinates and isinstance(coordinates[0], int | float):
            place = np.array([coordinates[:2]], dtype=np.float64)
            return tuple(float(each) for each in (place if plane is None else plane.metres(place))[0])
        return [moved(each) for each in coordinates]

    try:
        found = shape({"type": geometry["type"], "coordinates": moved(geometry["coordinates"])})
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise Refused(
            objection(
                "geometry_unread", "its geometry cannot be read ({reason}): draw it anew", reason=str(error)
            )
        ) from error
    if found.is_empty:
        raise Refused(objection("geometry_empty", "its geometry is empty: draw it, or take it out"))
    return found


def _kind(drawn: BaseGeometry, properties: Mapping[str, Any]) -> str:
    said = KINDS.get((text_of(properties, "kind") or "").lower())
    if said is None:
        for tag, kind in (("natural", "tree"), ("barrier", "wall"), ("surveillance:type", "camera")):
            if tag in properties:
                said = kind
    of_type = {
        "Polygon": "building",
        "MultiPolygon": "building",
        "LineString": "wall",
        "MultiLineString": "wall",
    }
    fits = {"building": ("Polygon", "MultiPolygon"), "wall": ("LineString", "MultiLineString", "Polygon")}
    if said is None:
        said = of_type.get(drawn.geom_type)
    if said is None:
        if any(number_of(properties, key) is not None for key in ("yaw", "pitch", "focal", "fov")):
            said = "camera"
        else:
            raise Refused(
                objection(
                    "kind_missing",
                    "nobody says what this {geometry} is: add kind: building, wall, tree, camera or pole",
                    geometry=drawn.geom_type,
                )
            )
    if drawn.geom_type not in fits.get(said, ("Point",)):
        raise Refused(
            objection(
                "kind_misfit",
                "a {kind} cannot be drawn as a {geometry}",
                kind=said,
                geometry=drawn.geom_type,
            )
        )
    return said
