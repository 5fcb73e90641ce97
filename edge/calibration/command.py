"""`fallwatch calibrate PICTURE`: from points of the facade to the camera's settings."""

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av
import click
import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from edge.calibration import answer
from edge.calibration.server import Job, Server
from edge.config.base import SettingsError
from edge.config.resized import scale_of
from edge.config.settings import load_sight
from edge.config.sight import SightSettings
from edge.core.vision.facade import Calibration

UNUSABLE: Final = 2
JPEG_QUALITY: Final = 92


@dataclass(frozen=True, slots=True)
class Division:
    """How the facade is divided, as far as the command line says."""

    floors: int | None
    bays: int | None
    floor_height: float | None
    bay_width: float | None


@click.command()
@click.argument("picture")
@click.option(
    "--points",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with picture and facade; without it a page opens on which to click.",
)
@click.option("--floors", type=click.IntRange(1, 200), help="Number of floors.")
@click.option("--bays", type=click.IntRange(1, 200), help="Number of bays, columns of windows.")
@click.option("--floor-height", type=click.FloatRange(1, 20), help="Metres from floor to floor.")
@click.option("--bay-width", type=click.FloatRange(0.5, 50), help="Metres from bay to bay.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the settings here. With --points only on request, from the page to calibration.yaml.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the page; 0: any free one.")
def command(  # noqa: PLR0917 - click calls it by name
    picture: str,
    points: Path | None,
    floors: int | None,
    bays: int | None,
    floor_height: float | None,
    bay_width: float | None,
    out: Path | None,
    port: int,
) -> None:
    """Find out where the camera stands that took PICTURE (an image, a video or a stream) of a facade."""
    division = Division(floors, bays, floor_height, bay_width)
    try:
        still = first_picture(picture)
        size = (still.shape[1], still.shape[0])
        if points is None:
            _clicked(still, size, division, out or Path("calibration.yaml"), port)
            return
        sight = _divided(load_sight(points), division)
        Console().print(table(answer.solved(_with_picture(sight, size), size)))
        if out is not None:
            _write(out, sight)
    except SettingsError as error:
        click.echo(str(error), err=True)
        raise SystemExit(UNUSABLE) from error


def first_picture(source: str) -> NDArray[np.uint8]:
    """The first picture of an image, a video or a stream, (height, width, 3) uint8 BGR.

    Raises:
        SettingsError: It cannot be read.
    """
    try:
        with av.open(source) as container:
            frame = next(container.decode(video=0), None)
            if frame is not None:
                return np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)
    except (av.FFmpegError, OSError, IndexError) as error:
        raise SettingsError(f"{source} cannot be read as a picture or a video: {error}") from error
    raise SettingsError(f"{source} holds no picture")


def table(calibration: Calibration) -> Table:
    """What the points tell, for a person."""
    camera = answer.summary(calibration)
    found = Table(title="Calibration")
    found.add_column("what")
    found.add_column("value", justify="right")
    for point, off in zip(calibration.points, calibration.off_px, strict=True):
        found.add_row(point.name, f"{off:.1f} px off")
    found.add_section()
    found.add_row("camera above the ground", f"{camera['height_m']} ± {camera['height_spread_m']} m")
    found.add_row("camera before the facade", f"{camera['distance_m']} ± {camera['distance_spread_m']} m")
    found.add_row("looks up by", f"{camera['pitch_deg']}°")
    found.add_row("focal length", f"{camera['focal_px']} px ({camera['view_deg']}° wide)")
    found.add_section()
    for scale in answer.scales(calibration):
        floors = scale.spread_m / calibration.plan.floor_height_m
        found.add_row(
            f"{scale.name} of what is seen, {scale.up_m:.0f} m up",
            f"{scale.metre_px:.1f} px a metre, {1 / max(scale.metre_px, 1e-6):.3f} m a pixel, "
            f"height ± {scale.spread_m:.2f} m ({floors:.2f} floors)",
        )
    return found


def _clicked(
    still: NDArray[np.uint8], size: tuple[int, int], division: Division, out: Path, port: int
) -> None:
    """Serves the page until somebody has saved; prints the table then."""
    saved: list[SightSettings] = []

    def save(sight: SightSettings) -> str:
        _write(out, sight)
        saved.append(sight)
        return str(out)

    encoded = cv2.imencode(".jpg", still, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()
    server = Server(Job(encoded, size, _beginning(out, division), save), port)
    click.echo(f"Open {server.url} and click points of the facade. Ctrl+C ends without saving.")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        server.until_saved()
    if saved:
        Console().print(table(answer.solved(saved[-1], size)))
        click.echo(f"Saved to {out}.")


def _beginning(out: Path, division: Division) -> dict[str, Any]:
    """What the page opens with: the file that is there already, and what the command line says."""
    begin = _document(load_sight(out)) if out.exists() else {}
    facade = {"floors": 18, "bays": 6, **begin.get("facade", {}), **_given(division)}
    return {**begin, "facade": facade}


def _document(sight: SightSettings) -> dict[str, Any]:
    """The settings with their one facade, or none yet."""
    content = sight.model_dump(mode="json", exclude={"facade"}, exclude_none=True)
    if sight.facade:
        content["facade"] = answer.only(sight).model_dump(mode="json", exclude_none=True)
    return content


def _given(division: Division) -> dict[str, float]:
    named = {
        "floors": division.floors,
        "bays": division.bays,
        "floor_height_m": division.floor_height,
        "bay_width_m": division.bay_width,
    }
    return {name: value for name, value in named.items() if value is not None}


def _divided(sight: SightSettings, division: Division) -> SightSettings:
    answer.only(sight)
    content = _document(sight)
    return answer.sight_from(
        {**content, "facade": {**content["facade"], **_given(division)}}, sight.picture or (1, 1)
    )


def _with_picture(sight: SightSettings, size: tuple[int, int]) -> SightSettings:
    """The settings, which must be of a picture of that shape."""
    assert sight.picture is not None
    if scale_of(size, sight.picture) is None:
        raise SettingsError(
            f"the points are of a picture of {sight.picture[0]} x {sight.picture[1]}, this one is "
            f"{size[0]} x {size[1]}"
        )
    return sight


def _write(path: Path, sight: SightSettings) -> None:
    text = "# Made by fallwatch calibrate; also goes into a camera's settings as it stands.\n"
    path.write_text(text + answer.as_yaml(sight), encoding="utf-8")
