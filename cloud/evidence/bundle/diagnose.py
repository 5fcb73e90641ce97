"""What became of a clip that is not the one its device signed: swapped, cut or changed, and where."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Iterator

from cloud.core import mp4
from cloud.core.words import Words
from cloud.evidence.bundle import members
from cloud.evidence.bundle.members import PIECE_BYTES
from cloud.evidence.bundle.seen import Doubt, Seen
from contracts.messages import ClipManifest

TOLD = 5
"""So many places are named; of more, how many there are."""
LENGTH_TOLERANCE_S = 0.1
"""A muxer rounds the last frame's length."""


def clip(seen: Seen, manifest: ClipManifest) -> Iterator[Words]:
    """What is wrong with the clip, most telling first; it is known that its digest is not the manifest's."""
    size = seen.listed[members.CLIP].size_bytes
    film = seen.film(members.CLIP)
    if _is_annotated(seen, film):
        yield Words(
            f"{members.CLIP} 是标注副本，被放在了原始视频的位置上",
            f"{members.CLIP} is an annotated copy, put in the place of the original",
        )
        return
    if size != manifest.size_bytes:
        yield Words(
            f"长度 {size} 字节，设备签名的是 {manifest.size_bytes} 字节",
            f"it has {size} bytes, the device signed {manifest.size_bytes}",
        )
    if film is None:
        yield Words("帧表无法读取：文件结构已被破坏", "its tables cannot be read: the file is damaged")
        return
    yield from _missing(film, manifest)
    if size == manifest.size_bytes:
        yield from _changed(seen, film)


def _is_annotated(seen: Seen, film: mp4.Film | None) -> bool:
    same = seen.digests.get(members.COPY) == seen.digests[members.CLIP]
    return same or (film is not None and film.comment.startswith(members.COPY_COMMENT))


def _missing(film: mp4.Film, manifest: ClipManifest) -> Iterator[Words]:
    """Frames that were taken out, as the container's own times show it."""
    found = mp4.gaps(film.shown_s)
    for gap in found[:TOLD]:
        yield gap.words()
    if len(found) > TOLD:
        yield Words(f"另有 {len(found) - TOLD} 处", f"and {len(found) - TOLD} more")
    if abs(film.length_s - manifest.duration_s) > LENGTH_TOLERANCE_S:
        yield Words(
            f"片长 {film.length_s:.2f} 秒，设备签名的是 {manifest.duration_s:.2f} 秒",
            f"it lasts {film.length_s:.2f} s, the device signed {manifest.duration_s:.2f} s",
        )


def _changed(seen: Seen, film: mp4.Film) -> Iterator[Words]:
    """Which pieces differ from those that were there at the export, and which frames lie in them."""
    try:
        index = seen.part(members.Index, members.INDEX)
    except Doubt:
        return
    pairs = enumerate(zip(index.pieces, seen.pieces, strict=False))
    changed = [number for number, (then, now) in pairs if then != now]
    for number in changed[:TOLD]:
        first, last = number * PIECE_BYTES, (number + 1) * PIECE_BYTES - 1
        span = film.shown_between(first, last)
        zh = "帧表" if span is None else f"第 {span[0]:.2f}–{span[1]:.2f} 秒的画面"
        en = "its tables" if span is None else f"frames between {span[0]:.2f} s and {span[1]:.2f} s"
        yield Words(f"字节 {first}–{last} 被改动（{zh}）", f"bytes {first} to {last} were changed ({en})")
    if len(changed) > TOLD:
        yield Words(f"共 {len(changed)} 处被改动", f"{len(changed)} places were changed in all")
