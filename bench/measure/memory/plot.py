"""Draws a soak: resident memory of each process over the agent's own hours."""

from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt

from bench.measure.memory.growth import WARM_UP_SHARE, growth
from bench.measure.memory.soak import Soaked

LONG_LIVED = ("agent", "plain", "masked")
"""Not the camera that is never there: each wish starts its worker anew."""
NAMES = {
    "agent": "agent",
    "plain": "camera",
    "masked": "camera with masks",
    "dark": "camera that is not there",
}


def draw(done: Soaked, path: Path) -> None:
    """Writes a PNG: one panel for each process, with a band of 5 % about its memory after warming up."""
    mpl.use("Agg")
    figure, panels = plt.subplots(len(LONG_LIVED), 1, figsize=(9, 7), sharex=True, layout="constrained")
    for name, panel in zip(LONG_LIVED, panels, strict=True):
        samples = done.samples.get(name, [])
        found = growth(samples)
        hours = [sample.at_h for sample in samples]
        panel.plot(hours, [sample.rss_mb for sample in samples], lw=0.8, label="resident")
        panel.plot(hours, [sample.pss_mb for sample in samples], lw=0.8, label="its share of what is shared")
        if found is not None:
            panel.axhspan(0.95 * found.begin_mb, 1.05 * found.begin_mb, color="0.9", zorder=0)
            panel.set_title(
                f"{NAMES[name]}: {100 * found.share:+.1f} % after warming up", loc="left", fontsize=10
            )
        panel.axvline(WARM_UP_SHARE * done.hours, color="0.6", lw=0.8, ls=":")
        panel.set_ylim(0)
        panel.set_ylabel("MB")
    panels[0].legend(loc="lower right", fontsize=8)
    panels[-1].set_xlabel(f"hours of the agent's own time, {done.speed:g} times as fast as ours")
    figure.savefig(path, dpi=110)
    plt.close(figure)
