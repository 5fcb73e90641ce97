"""`fallwatch detect VIDEO`: one video in, the falls in it out, each as soon as it has ended."""

import json
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NoReturn

import av
import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from edge.camera import classifier
from edge.camera.classifier import ClassifierError
from edge.camera.sight import masks_of, sight_of
from edge.camera.source import StreamLost, VideoError, VideoSource, open_video, redacted
from edge.config.base import SettingsError
from edge.config.settings import load_sight
from edge.config.sight import SightSettings
from edge.core.vision import pipeline
from edge.core.vision.facade import Calibration, facing
from edge.core.vision.frame import Fall, Suspicion, Told, Track
from edge.core.vision.origin import Origin, origin_of
from edge.core.vision.preprocess import Verifier
from edge.core.vision.settings import DetectorSettings
from edge.render import draw

UNUSABLE: Final = 2
Format = Literal["jsonl", "text"]
Advance = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A fall, and where it came from if the camera is calibrated."""

    fall: Fall
    origin: Origin | None = None


def as_object(found: Found) -> dict[str, Any]:
    """A fall as the JSON object of one output line; times in seconds of the video, places in pixels."""
    fall, track = found.fall, found.fall.track
    points = zip(track.t_s, track.xy_px, strict=True)
    line: dict[str, Any] = {
        "start_s": round(float(track.t_s[0]), 4),
        "end_s": round(float(track.t_s[-1]), 4),
        "track": [[round(float(t), 4), round(float(x), 2), round(float(y), 2)] for t, (x, y) in points],
        "score": round(fall.score, 3),
        "decided_s": round(fall.decided_s, 4),
    }
    if fall.suspected_s is not None:
        line["suspected_s"] = round(fall.suspected_s, 4)
    origin: dict[str, Any] = {}
    if fall.release is not None:
        release = fall.release
        origin |= {
            "x_px": round(release.x_px, 1),
            "y_px": round(release.y_px, 1),
            "uncertainty_px": round(release.uncertainty_px, 1),
            "across_px": round(release.across_px, 1),
            "angle_deg": round(release.angle_deg, 1),
        }
    if found.origin is not None:
        origin |= _named(found.origin)
        line["impact"] = _impact(found.origin)
    return line | ({"origin": origin} if origin else {})


def _named(origin: Origin) -> dict[str, Any]:
    return {
        "from_above": origin.from_above,
        "floor": origin.floor,
        "floor_low": origin.floor_low,
        "floor_high": origin.floor_high,
        "floor_probability": round(origin.floor_probability, 3),
        "bay": origin.bay,
        "flat": origin.flat,
        "flat_probability": round(origin.flat_probability, 3),
    }


def _impact(origin: Origin) -> dict[str, list[float]]:
    """Each as [low, likeliest, high] of its 95 % interval."""
    parts = {
        "height_m": origin.height_m,
        "speed_m_s": origin.speed_m_s,
        "energy_j_per_kg": origin.energy_j_per_kg,
    }
    return {
        name: [round(part.low, 1), round(part.value, 1), round(part.high, 1)]
        for name, part in parts.items()
        if part is not None
    }


def as_suspicion(told: Suspicion) -> dict[str, Any]:
    """A suspicion as the JSON object of one output line; times in seconds of the video, place in pixels."""
    t_s, x_px, y_px = told.seen
    return {
        "suspicion": told.track,
        "first_s": round(told.first_s, 4),
        "at_s": round(told.at_s, 4),
        "sure": round(told.sure, 4),
        "before": round(told.before, 4),
        "seen": [round(t_s, 4), round(x_px, 2), round(y_px, 2)],
    }


@dataclass(frozen=True, slots=True)
class Look:
    """With what a video is watched. sight: what is known of its camera; None: nothing."""

    settings: DetectorSettings
    sight: SightSettings | None = None
    verifier: Verifier | None = None


def watched(source: VideoSource, look: Look, advance: Advance) -> Iterator[tuple[Told, tuple[Found, ...]]]:
    """What the detector says of a video, frame by frame, and the falls that have ended by then.

    advance: is told each frame's time, s.

    Raises:
        SettingsError: What is known of the camera does not suit the video.
    """
    state: pipeline.State | None = None
    settings = look.settings
    calibrations: tuple[Calibration, ...] = ()
    try:
        for frame in source.frames():
            if state is None:
                height, width = frame.luma.shape
                sight = sight_of(look.sight or SightSettings(), (width, height))
                calibrations = sight.calibrations
                state = pipeline.start(height, width, settings, sight.ignore, find_facade=sight.find_facade)
            state, told = pipeline.step(state, frame, settings, look.verifier)
            yield told, _placed(told, calibrations)
            advance(frame.pts_s)
    except StreamLost as lost:
        if state is None:
            raise
        _note(str(lost))
    if state is not None:
        told = pipeline.finish(state, settings, look.verifier)
        yield told, _placed(told, calibrations)


def _placed(told: Told, calibrations: tuple[Calibration, ...]) -> tuple[Found, ...]:
    return tuple(Found(fall, _origin(fall, calibrations)) for fall in told.ended)


def _origin(fall: Fall, calibrations: tuple[Calibration, ...]) -> Origin | None:
    calibration = facing(fall, calibrations)
    return None if calibration is None else origin_of(fall, calibration)


def explained(told: Told) -> Iterator[str]:
    """One sentence for each track that was judged to be no fall: which rule said no, and by how much."""
    for rejection in told.rejections:
        ruling = rejection.ruling
        note = f" ({ruling.note})" if ruling.note else ""
        yield (
            f"no fall: {_way(rejection.track)}: {ruling.rule} {ruling.value:.3g}, limit {ruling.limit:.3g}, "
            f"share {ruling.share:.2f}{note}; score {rejection.score:.2f}"
        )
    yield from thrown_up(told)


def thrown_up(told: Told) -> Iterator[str]:
    """What came up from below and went down again is told as such: it came from no window."""
    for ball in told.thrown_up:
        yield f"thrown up from below, no fall: {_way(ball.track)}; score {ball.score:.2f}"


def _way(track: Track) -> str:
    (x0, y0), (x1, y1) = track.xy_px[0], track.xy_px[-1]
    return f"{track.t_s[0]:.2f} to {track.t_s[-1]:.2f} s, from ({x0:.0f}, {y0:.0f}) to ({x1:.0f}, {y1:.0f})"


@click.command()
@click.argument("video")
@click.option(
    "--format",
    "chosen",
    type=click.Choice(["jsonl", "text"]),
    help="jsonl: one JSON object a line and a fall. Default: text on a terminal, else jsonl.",
)
@click.option(
    "--render",
    "rendered",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a copy of the video with the tracks drawn in.",
)
@click.option(
    "--sensitivity",
    type=click.FloatRange(0.05, 0.95),
    help="Falls are told from a score of 1 - sensitivity. Default: the camera's, else "
    f"{DetectorSettings().sensitivity:g}.",
)
@click.option("--explain", is_flag=True, help="Say on standard error why each other track is no fall.")
@click.option(
    "--suspicions",
    is_flag=True,
    help="With jsonl: also say what may be falling, each time that it looks more like it than ever.",
)
@click.option(
    "--camera",
    "--calibration",
    "camera",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What is known of the camera: sensitivity, what to ignore, masks, facade (`fallwatch calibrate`).",
)
@click.option(
    "--find-facade",
    is_flag=True,
    help="Find the facade in the picture and ignore what lies away from it; where unsure, watch everything.",
)
@click.option(
    "--verifier",
    type=click.Choice(["default", "off"]),
    default="default",
    show_default=True,
    help="The learned verifier, which weighs what the rules measure; default: if the registry of models names"
    " one. off: the rules decide alone.",
)
def command(  # noqa: PLR0917 - each option is one argument
    video: str,
    chosen: Format | None,
    rendered: Path | None,
    sensitivity: float | None,
    camera: Path | None,
    verifier: str,
    *,
    explain: bool,
    suspicions: bool,
    find_facade: bool,
) -> None:
    """Find falling objects in VIDEO, a file or a stream's address."""
    av.logging.set_libav_level(av.logging.PANIC)  # damaged pictures are counted and told in one sentence
    form = chosen or ("text" if sys.stdout.isatty() else "jsonl")
    all_found: list[Found] = []
    try:
        _refuse_overwriting(video, rendered)
        look = _look(camera, sensitivity, verifier, find_facade=find_facade)
        masks = None if look.sight is None else masks_of(look.sight)
        with open_video(video, masks=masks) as source, _progress(source, form, video) as advance:
            for told, ended in watched(source, look, advance):
                all_found.extend(ended)
                if form == "jsonl":
                    _say_lines(told.suspected if suspicions else (), ended)
                for sentence in explained(told) if explain else thrown_up(told):
                    _note(sentence)
            damaged = source.damaged
        if form == "text":
            Console().print(_table(all_found))
        if damaged:
            _note(f"{damaged} damaged packets or pictures were stepped over.")
        if rendered is not None:
            draw(video, rendered, tuple((found.fall, _floor(found)) for found in all_found), masks)
    except (VideoError, SettingsError, ClassifierError) as error:
        _refuse(str(error))
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our lines has gone; that is their right
        raise SystemExit(0) from None


def _look(camera: Path | None, sensitivity: float | None, verifier: str, *, find_facade: bool) -> Look:
    sight = SightSettings() if camera is None else load_sight(camera)
    sight = sight.model_copy(update={"find_facade": find_facade or sight.find_facade})
    settings = DetectorSettings(sensitivity=sight.sensitivity if sensitivity is None else sensitivity)
    return Look(settings, sight, None if verifier == "off" else classifier.default())


def _refuse_overwriting(video: str, rendered: Path | None) -> None:
    if rendered is None:
        return
    if Path(video).exists() and rendered.exists() and rendered.samefile(video):
        raise VideoError("--render names the video itself; name another file.")
    if not rendered.resolve().parent.is_dir():
        raise VideoError(f"The folder of {rendered} does not exist.")
    if not Path(video).is_file():
        raise VideoError("--render reads the video a second time, so it wants a file, not a stream.")


def _say_lines(suspected: tuple[Suspicion, ...], ended: tuple[Found, ...]) -> None:
    for line in (*map(as_suspicion, suspected), *map(as_object, ended)):
        sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
        sys.stdout.flush()


def _note(sentence: str) -> None:
    click.echo(sentence, err=True)


def _refuse(sentence: str) -> NoReturn:
    _note(sentence)
    raise SystemExit(UNUSABLE)


def _table(all_found: list[Found]) -> Table | str:
    if not all_found:
        return "No falling object found."
    table = Table(title=f"{len(all_found)} falling object{'s' if len(all_found) > 1 else ''}")
    calibrated = any(found.origin is not None for found in all_found)
    headings = ["from", "to", "first seen at", "last seen at", "released at", "score", "decided"]
    for heading in (*headings, *(("floor and flat", "at the ground") if calibrated else ())):
        table.add_column(heading, justify="right")
    for found in all_found:
        fall, track, release = found.fall, found.fall.track, found.fall.release
        (x0, y0), (x1, y1) = track.xy_px[0], track.xy_px[-1]
        origin = "above" if release is None else f"{release.x_px:.0f}, {release.y_px:.0f}"
        spread = "" if release is None else f" ± {release.uncertainty_px:.0f}"
        cells = [
            f"{track.t_s[0]:.2f} s",
            f"{track.t_s[-1]:.2f} s",
            f"{x0:.0f}, {y0:.0f}",
            f"{x1:.0f}, {y1:.0f}",
            origin + spread,
            f"{fall.score:.2f}",
            f"{fall.decided_s:.2f} s",
        ]
        if found.origin is not None:
            speed = found.origin.speed_m_s
            known = "" if speed is None else f"{speed.value:.0f} m/s ({speed.low:.0f} to {speed.high:.0f})"
            cells += [_floor(found), known]
        table.add_row(*cells)
    return table


def _floor(found: Found) -> str:
    """Floor and flat in words, "" if the camera is not calibrated."""
    origin = found.origin
    if origin is None:
        return ""
    if origin.from_above:
        return f"floor {origin.floor} or above"
    if origin.floor_low == origin.floor_high:
        return f"floor {origin.floor}, flat {origin.flat}"
    return f"floor {origin.floor} ({origin.floor_low} to {origin.floor_high}), flat {origin.flat}"


@contextmanager
def _progress(source: VideoSource, form: Format, video: str) -> Iterator[Advance]:
    """A bar on standard error while a person watches it; else nothing."""
    watched = sys.stderr.isatty() and form == "text"
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f} s of video"),
        TimeElapsedColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True) if watched else None
    with bar or nullcontext():
        task = bar.add_task(redacted(video), total=_duration_s(source)) if bar else TaskID(0)

        def advance(t_s: float) -> None:
            if bar:
                bar.update(task, completed=t_s)

        yield advance


def _duration_s(source: VideoSource) -> float | None:
    ticks = source.stream.duration
    seconds = math.nan if ticks is None else float(ticks * source.info.time_base)
    return seconds if seconds > 0 else None
