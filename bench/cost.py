"""What watching costs: CPU beside decoding, memory of a camera, cameras on two cores."""

from pathlib import Path

import click
from rich.table import Table

from bench.measure import cost, tables
from bench.measure.sets import cache_folder


@click.command()
@click.argument("video", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Where the made videos are kept."
)
@click.option("--cameras", default=10, show_default=True, help="How many are run at once; 0: none.")
def main(video: Path | None, folder: Path | None, cameras: int) -> None:
    """Measure CPU time against decoding's, and memory: of VIDEO, or of made ones at 1080p and 4K."""
    shown = tables.console()
    if video is not None:
        found: cost.Figures = {video.name: cost.of_video(video.name, video)}
        shown.print(cost.table(found))
        tables.finish(shown, "cost", {"videos": found})
        return
    found, rows = cost.measured((folder or cache_folder()) / "made", cameras)
    shown.print(cost.table(found))
    printed: Table = tables.goals("cost", rows)
    shown.print(printed)
    tables.finish(shown, "cost", cost.as_object(found, rows))


if __name__ == "__main__":
    main()
