"""Contact sheets: a strip of pictures for each miss, false alarm or hit, with truth and track drawn in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.measure.records import Clip, Event, Thing
from bench.measure.scoring import Judged
from edge.camera.source import open_video

Picture = NDArray[np.uint8]
Which = Literal["missed", "false", "hit"]

TILE_PX: Final = 150
CROPS: Final = 6
CAPTION_PX: Final = 18
ROWS: Final = 14
NARROWEST_PX: Final = 48
TRUTH: Final = (90, 200, 60)  # BGR
TOLD: Final = (50, 60, 235)
QUALITY: Final = 82


@dataclass(frozen=True, slots=True)
class Strip:
    """One row: what happened in a clip. At least one of thing and event is there."""

    clip: Clip
    which: Which
    thing: Thing | None
    event: Event | None

    @property
    def path(self) -> NDArray[np.float64]:
        """What the crops follow: the truth where there is one, else the track; (n, 3)."""
        if self.thing is not None:
            return self.thing.path
        assert self.event is not None
        return self.event.track

    @property
    def caption(self) -> str:
        """What it is, in plain ASCII: OpenCV's letters have no other."""
        words = [self.which.upper(), self.clip.name]
        if self.thing is not None:
            words.append(f"{self.thing.kind} {self.thing.size_px:.0f} px, contrast {self.thing.contrast:.0f}")
        if self.event is not None:
            words.append(f"score {self.event.score:.2f}")
        words.append(f"{self.path[0, 0]:.1f}-{self.path[-1, 0]:.1f} s")
        words.append(" ".join(self.clip.tags))
        return "  ".join(words).encode("ascii", "replace").decode()


def strips(all_judged: Sequence[Judged], which: Which) -> list[Strip]:
    """The rows of one kind, in the order of the clips."""
    found: list[Strip] = []
    for one in all_judged:
        if which == "missed":
            found += [Strip(one.clip, which, thing, None) for thing in one.missed]
        elif which == "hit":
            found += [Strip(one.clip, which, hit.thing, hit.event) for hit in one.hits]
        else:
            wrong = (
                event
                for event, outcome in zip(one.events, one.outcomes, strict=True)
                if outcome in {"false", "duplicate"}
            )
            found += [Strip(one.clip, which, None, event) for event in wrong]
    return found


def written(all_judged: Sequence[Judged], folder: Path, name: str) -> list[Path]:
    """Writes NAME-missed-1.jpg and so on into the folder; answers with the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    kinds: tuple[Which, ...] = ("missed", "false", "hit")
    for which in kinds:
        rows = strips(all_judged, which)
        for number in range(0, len(rows), ROWS):
            sheet = np.vstack([drawn(row) for row in rows[number : number + ROWS]])
            path = folder / f"{name}-{which}-{number // ROWS + 1}.jpg"
            cv2.imwrite(str(path), sheet, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
            files.append(path)
    return files


def drawn(strip: Strip) -> Picture:
    """The row: the whole picture with both ways, then crops along the way; (height, width, 3) uint8 BGR."""
    path = strip.path
    wanted = np.linspace(path[0, 0], path[-1, 0], CROPS)
    taken = pictures_at(strip.clip.video, wanted)
    thumb_px = round(TILE_PX * strip.clip.width / strip.clip.height)
    whole = _coloured(taken[len(taken) // 2][1])
    for way, colour in _ways(strip):
        _line(whole, way, colour)
    tiles = [cv2.resize(whole, (thumb_px, TILE_PX), interpolation=cv2.INTER_AREA)]
    tiles += [_crop(strip, picture, t_s) for t_s, picture in taken]
    row = np.hstack([np.asarray(tile, np.uint8) for tile in tiles])
    caption = np.full((CAPTION_PX, row.shape[1], 3), 255, np.uint8)
    cv2.putText(caption, strip.caption, (4, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return np.vstack([caption, row])


def pictures_at(video: Path, times_s: NDArray[np.float64]) -> list[tuple[float, Picture]]:
    """The pictures that were shown at these times (the last begun), with their presentation times."""
    taken: list[tuple[float, Picture]] = []
    before: tuple[float, Picture] | None = None
    with open_video(str(video)) as source:
        for frame in source.frames():
            while (
                before is not None and len(taken) < len(times_s) and frame.pts_s > times_s[len(taken)] + 1e-3
            ):
                taken.append(before)
            if len(taken) == len(times_s):
                break
            before = (frame.pts_s, frame.luma.copy())
    while before is not None and len(taken) < len(times_s):
        taken.append(before)
    return taken


def _ways(strip: Strip) -> list[tuple[NDArray[np.float64], tuple[int, int, int]]]:
    ways = []
    if strip.thing is not None:
        ways.append((strip.thing.path, TRUTH))
    if strip.event is not None:
        ways.append((strip.event.track, TOLD))
    return ways


def _coloured(luma: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR), np.uint8)


def _line(picture: Picture, way: NDArray[np.float64], colour: tuple[int, int, int]) -> None:
    thick = max(2, picture.shape[0] // 240)
    cv2.polylines(picture, [np.rint(way[:, 1:]).astype(np.int32).reshape(-1, 1, 2)], False, colour, thick)


def _crop(strip: Strip, luma: Picture, t_s: float) -> Picture:
    """A square around the place at that time, enlarged; truth: a small ring, track: a wide one."""
    path = strip.path
    x, y = (float(np.interp(t_s, path[:, 0], path[:, axis])) for axis in (1, 2))
    size = strip.thing.size_px if strip.thing is not None else 0.0
    side = round(max(NARROWEST_PX, 3 * size, strip.clip.height / 12))
    centre = (float(np.clip(x, 0, strip.clip.width - 1)), float(np.clip(y, 0, strip.clip.height - 1)))
    scale = TILE_PX / side
    move = np.array(
        [[scale, 0, TILE_PX / 2 - scale * centre[0]], [0, scale, TILE_PX / 2 - scale * centre[1]]]
    )
    tile = np.asarray(
        cv2.warpAffine(
            luma, move, (TILE_PX, TILE_PX), flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
        )
    )
    shown = _coloured(np.asarray(tile, np.uint8))
    for way, colour in _ways(strip):
        if way[0, 0] - 0.05 <= t_s <= way[-1, 0] + 0.05:
            at = [float(np.interp(t_s, way[:, 0], way[:, axis])) for axis in (1, 2)]
            place = (round(at[0] * scale + move[0, 2]), round(at[1] * scale + move[1, 2]))
            radius = 22 if colour == TRUTH else 28
            cv2.circle(shown, place, radius, colour, 1, cv2.LINE_AA)
    cv2.rectangle(shown, (0, 0), (TILE_PX - 1, TILE_PX - 1), (255, 255, 255), 1)
    return shown
