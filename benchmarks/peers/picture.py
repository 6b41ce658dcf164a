"""The picture of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from benchmarks.peers.systems import ENTRIES


def picture(results: Mapping[str, Any], path: Path) -> None:
    """Plot F1 over the time of a question, and the time to index, for each system."""
    mpl.use("Agg")
    worked = {
        entry: results["systems"][entry.key]
        for entry in ENTRIES
        if "failed" not in results["systems"].get(entry.key, {"failed": ""})
    }
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.8), layout="constrained")
    for number, (entry, one) in enumerate(worked.items(), start=1):
        colour = "C0" if entry.ours else "grey"
        time = 1000 * median(processor for _, processor in one["questions"])
        left.plot(time, 100 * one["f1"], "o", color=colour)
        left.annotate(
            str(number), (time, 100 * one["f1"]), xytext=(5, 4), textcoords="offset points", color=colour
        )
    left.set(xscale="log")
    left.xaxis.set(
        major_locator=LogLocator(subs=(1.0, 2.0, 5.0)),
        major_formatter=StrMethodFormatter("{x:,.0f}"),
        minor_formatter=NullFormatter(),
    )
    left.set(xlabel="median processor time of a question, ms", ylabel="F1, %")
    names = [f"{number} {entry.name}" for number, entry in enumerate(worked, start=1)]
    bars = right.barh(
        names,
        [one["index"][1] for one in worked.values()],
        color=["C0" if entry.ours else "lightgrey" for entry in worked],
    )
    right.bar_label(bars, fmt="{:,.1f}", padding=3)
    right.invert_yaxis()
    right.margins(x=0.15)
    right.spines[["top", "right"]].set_visible(False)
    right.set(xlabel="processor time to index, s")
    figure.savefig(path, dpi=110)
    plt.close(figure)
