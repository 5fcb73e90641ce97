"""The scene as a drawing (SVG): the facade with where it came from, and the camera's picture with the track.

The left half is a scheme: floors and bays are drawn alike, whatever their real size, and the way down is the
vertical under the window. The right half is measured: each point stands where it stood in the picture.
"""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from contracts.messages import Origin, Place

WIDTH, HEIGHT = 1000, 640
INK, FAINT, GRID, RED, AMBER = "#1b2430", "#5d6773", "#c4ccd6", "#c92a2a", "#9c5a00"
FONT: Final = "'Noto Sans CJK SC','Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
FACADE: Final = (64.0, 72.0, 360.0, 470.0)
PICTURE: Final = (500.0, 72.0, 480.0, 470.0)
"""(left, top, width, height) of the room for each half."""
NUMBERED: Final = 20
"""So many floors or bays have a number each; beyond, every fifth."""


@dataclass(frozen=True, slots=True)
class Scene:
    """floors, bays: of the facade, 0 where it is unknown. track: (t_s, x_px, y_px). frame: width, height."""

    facade: str
    floors: int
    bays: int
    place: Place | None
    origin: Origin | None
    track: Sequence[tuple[float, float, float]]
    frame: tuple[int, int]


def sketch(scene: Scene) -> str:
    """The drawing, complete in itself."""
    parts = [*_facade(scene), *_picture(scene)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}"'
        f' font-size="13" fill="{INK}" role="img">'
        "<title>现场示意图 / Sketch of the scene</title>"
        '<defs><pattern id="unsure" width="7" height="7" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="7" stroke="{AMBER}"'
        ' stroke-width="2"/></pattern></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    )
    return head + "".join(parts) + "</svg>\n"


def floor_words(place: Place) -> str:
    """From which floor it came."""
    return f"不低于 {place.floor} 层" if place.from_above else f"{place.floor} 层"


def _facade(scene: Scene) -> Iterator[str]:
    left, top, width, height = FACADE
    yield _heading(left - 40, f"立面示意 · {scene.facade}", "Facade, a scheme of floors and bays")
    if not scene.floors:
        yield _text(left, top + 40, "未登记立面 / no facade is registered", fill=FAINT)
        return
    wide, high = min(width / scene.bays, 56), min(height / scene.floors, 44)
    ground, right = top + height, left + wide * scene.bays
    roof = ground - high * scene.floors
    yield from _grid(scene, (left, roof, wide, high))
    ends = f'x1="{left - 34}" y1="{ground}" x2="{right + 34:.1f}" y2="{ground}"'
    yield f'<line {ends} stroke="{INK}" stroke-width="3"/>'
    if scene.place is None:
        yield _text(left, ground + 44, "摄像机未标定：楼层未知", fill=AMBER, size=15)
        yield _text(left, ground + 64, "The camera is not calibrated: floor unknown", fill=FAINT)
        return
    yield from _way(scene.place, (left, ground, wide, high))


def _grid(scene: Scene, grid: tuple[float, float, float, float]) -> Iterator[str]:
    left, roof, wide, high = grid
    for floor in range(scene.floors):
        y = roof + high * (scene.floors - 1 - floor)
        for bay in range(scene.bays):
            x = left + wide * bay
            yield _rect((x, y, wide, high), f'fill="#fff" stroke="{GRID}"')
            window = (x + wide * 0.25, y + high * 0.2, wide * 0.5, high * 0.5)
            yield _rect(window, f'fill="#eaf1fd" stroke="{GRID}" stroke-width="0.6"')
        if _is_numbered(floor + 1, scene.floors):
            yield _text(left - 8, y + high / 2 + 4, str(floor + 1), anchor="end", fill=FAINT, size=11)
    for bay in range(1, scene.bays + 1):
        if _is_numbered(bay, scene.bays):
            x = left + wide * (bay - 0.5)
            yield _text(x, roof - 8, str(bay), anchor="middle", fill=FAINT, size=11)


def _way(place: Place, facade: tuple[float, float, float, float]) -> Iterator[str]:
    """The window of origin, the floors that it may be as well, the way down and where it ends."""
    left, ground, wide, high = facade
    x = left + wide * (place.bay - 1)
    centre, release = x + wide / 2, ground - high * (place.floor - 0.5)
    unsure = (x, ground - high * place.floor_high, wide, high * (place.floor_high - place.floor_low + 1))
    yield _rect(unsure, f'fill="url(#unsure)" fill-opacity="0.55" stroke="{AMBER}" stroke-width="1.5"')
    window = (x + 1.5, ground - high * place.floor + 1.5, wide - 3, high - 3)
    yield _rect(window, f'fill="{RED}" fill-opacity="0.85" stroke="{RED}"')
    yield (
        f'<line x1="{centre:.1f}" y1="{release:.1f}" x2="{centre:.1f}" y2="{ground}" stroke="{RED}"'
        ' stroke-width="2" stroke-dasharray="6 5"/>'
    )
    yield (
        f'<line x1="{centre - wide:.1f}" y1="{ground + 9}" x2="{centre + wide:.1f}" y2="{ground + 9}"'
        f' stroke="{AMBER}" stroke-width="3"/>'
    )
    yield (
        f'<path d="M{centre - 6:.1f} {ground - 6}l12 12m0 -12l-12 12" stroke="{RED}" stroke-width="3"'
        ' fill="none"/>'
    )
    yield _text(
        left - 40,
        ground + 34,
        f"■ 抛出位置：{floor_words(place)} {escape(place.flat)} 室（第 {place.bay} 开间）",
        fill=RED,
    )
    low, high_floor = place.floor_low, place.floor_high
    yield _text(
        left - 40, ground + 54, f"▨ 可能范围：{low}–{high_floor} 层  floors {low} to {high_floor}", fill=AMBER
    )
    yield _text(left - 40, ground + 74, "✕ 落点：按竖直投影示意，左右各一开间 / landing, ± one bay", fill=INK)


def _picture(scene: Scene) -> Iterator[str]:
    left, top, width, height = PICTURE
    yield _heading(left, "摄像机画面 · 像素实测", "The camera's picture, as measured, in pixels")
    frame_width, frame_height = scene.frame
    scale = min(width / frame_width, height / frame_height)
    yield _rect((left, top, frame_width * scale, frame_height * scale), f'fill="#f5f6f8" stroke="{FAINT}"')
    bottom = top + frame_height * scale
    yield _text(left, bottom + 16, "(0, 0) 在左上角 / top left", fill=FAINT, size=11)
    yield _text(
        left + frame_width * scale,
        bottom + 16,
        f"{frame_width} × {frame_height} px",
        "end",
        fill=FAINT,
        size=11,
    )
    points = [(left + x * scale, top + y * scale) for _, x, y in scene.track]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline points="{joined}" fill="none" stroke="{RED}" stroke-width="1.5"/>'
    for x, y in points:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{RED}"/>'
    yield from _marked(scene, points, scale)
    last = len(scene.track) - 1
    seconds = scene.track[last][0] - scene.track[0][0]
    yield _text(
        left,
        bottom + 40,
        f"● 轨迹 {last + 1} 点，{seconds:.2f} 秒 / track, {last + 1} points, {seconds:.2f} s",
        fill=RED,
    )
    if scene.origin is not None:
        unsure = scene.origin.uncertainty_px
        yield _text(
            left, bottom + 60, f"◎ 抛出点 ± {unsure:.0f} 像素 / release point ± {unsure:.0f} px", fill=AMBER
        )


def _marked(scene: Scene, points: Sequence[tuple[float, float]], scale: float) -> Iterator[str]:
    """The release with its uncertainty, and where it was seen first and last."""
    left, top, *_ = PICTURE
    if scene.origin is not None:
        x, y = left + scene.origin.x_px * scale, top + scene.origin.y_px * scale
        radius = max(scene.origin.uncertainty_px * scale, 4)
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{AMBER}" fill-opacity="0.15"'
            f' stroke="{AMBER}" stroke-width="1.5"/>'
        )
    for (x, y), words in ((points[0], "首次可见 first seen"), (points[-1], "最后可见 last seen")):
        beside = x > left + PICTURE[2] * 0.6
        yield _text(x + (-14 if beside else 14), y + 4, words, "end" if beside else "start", size=12)


def _heading(x: float, zh: str, en: str) -> str:
    return _text(x, 28, escape(zh), size=17, weight=600) + _text(x, 47, en, fill=FAINT, size=12)


def _is_numbered(number: int, count: int) -> bool:
    return count <= NUMBERED or number % 5 == 0 or number in {1, count}


def _rect(box: tuple[float, float, float, float], more: str) -> str:
    x, y, width, height = box
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" {more}/>'


def _text(
    x: float,
    y: float,
    words: str,
    anchor: str = "start",
    *,
    fill: str = INK,
    size: int = 13,
    weight: int = 400,
) -> str:
    """`words` must be escaped where they come from outside."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}"'
        f' font-weight="{weight}">{words}</text>'
    )
