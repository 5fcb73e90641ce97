"""Where clips come from: rendered sets, kept in a cache, and folders of real recordings."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, TypeVar

import av

from bench.measure.records import Clip, clip_from, truths
from bench.measure.running import ONE_THREAD, ROOT

Member = TypeVar("Member")
TRUTH: Final = "truth.json"


def cache_folder() -> Path:
    """Where rendered sets lie unless told otherwise: below the user's cache (XDG Base Directory, 0.8)."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "fallwatch" / "bench"


def rendered(name: str, folder: Path, jobs: int) -> tuple[Clip, ...]:
    """The clips of a set of `models.synth`, rendered where they are not there yet.

    Raises ValueError if rendering fails; what it said has gone to standard error.
    """
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "models.synth", "set", name, str(target), "--jobs", str(jobs)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=False,
        env={**os.environ, **ONE_THREAD},
    )
    if done.returncode:
        raise ValueError(f"the set {name!r} could not be rendered into {target}")
    return clips_in(target)


def clips_in(folder: Path, *, real: bool = False) -> tuple[Clip, ...]:
    """The clips of a folder with videos and a truth.json, in the order of their names.

    Raises ValueError if the truth is missing or names a video that is not there.
    """
    listed: dict[str, Any] = truths(folder / TRUTH)
    clips = []
    for name, entry in sorted(listed.items()):
        video = folder / name
        if not video.suffix:
            video = video.with_suffix(".mp4")
        if not video.is_file():
            raise ValueError(f"{folder / TRUTH} names {name}, which is not there")
        clips.append(clip_from(video, entry, duration_s(video), real=real))
    return tuple(clips)


def duration_s(video: Path) -> float:
    """How long a video is shown, s; 0 if it does not say."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        if stream.duration is not None and stream.time_base is not None:
            return float(stream.duration * stream.time_base)
        return float(container.duration or 0) / av.time_base


def part_of(clips: tuple[Member, ...], count: int | None) -> tuple[Member, ...]:
    """`count` of the clips, spread evenly over the set so that a part is like the whole; all for None."""
    if count is None or count >= len(clips):
        return clips
    return tuple(clips[number * len(clips) // count] for number in range(count))
