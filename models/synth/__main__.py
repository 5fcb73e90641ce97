"""Renders from the command line: a preset for the demo, or a set of clips.

`python -m models.synth east FOLDER` prints the video's path;
`python -m models.synth set NAME FOLDER --jobs N` renders dev, bench, negatives or train-N.
"""

import argparse
import sys
from pathlib import Path

from models.synth import presets, sets
from models.synth.video import render

SCENES = {"east": presets.EAST, "west": presets.WEST, "short": presets.SHORT}


def main() -> int:
    """Render what the command line names; argparse ends with 2 if it names nothing."""
    parser = argparse.ArgumentParser(prog="python -m models.synth", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in SCENES:
        commands.add_parser(name, help="a scene of the demo").add_argument("folder", type=Path)
    many = commands.add_parser("set", help="a set of clips with their truth")
    many.add_argument("name", help=f"{', '.join(sets.SETS)} or train-N")
    many.add_argument("folder", type=Path)
    many.add_argument("--jobs", type=int, default=1, help="processes")
    chosen = parser.parse_args()
    if chosen.command != "set":
        print(render(SCENES[chosen.command], chosen.folder, chosen.command).video)  # noqa: T201
        return 0
    try:
        clips = sets.named(chosen.name)
        count = sets.render(clips, chosen.folder, chosen.jobs)
    except (ValueError, sets.RenderError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    print(f"{count} of {len(clips)} clips rendered into {chosen.folder}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
