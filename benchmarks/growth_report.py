"""The table and the picture of `benchmarks.growth`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt

from benchmarks.page import put

PICTURE = Path("images", "growth.png")


class Measure(NamedTuple):
    """How a measurement is shown.

    Attributes:
        grows: What grows.
        figure: What is measured.
        wide: Whether it grows over several powers of ten.
    """

    grows: str
    figure: str
    wide: bool


MEASURES = {
    "passages": Measure("passages in the index", "to retrieve, ms", wide=True),
    "read": Measure("passages read", "to read, ms", wide=False),
    "words": Measure("words of the question", "to answer, ms", wide=False),
    "clients": Measure("clients at once", "an answer, ms", wide=False),
    "documents": Measure("documents", "to index, s", wide=False),
    "memory": Measure("questions asked", "memory of the process, MB", wide=False),
}

Results = Mapping[str, Sequence[Sequence[float]]]


def table(results: Results) -> str:
    """Return the figures as Markdown."""
    rows = ["| | |", "|---|---|"]
    for name, measure in MEASURES.items():
        if name in results:
            points = results[name]
            shown = points if len(points) <= 8 else [*points[:: len(points) // 6], points[-1]]
            cells = ", ".join(f"{count:,.0f}: {_short(figure)}" for count, figure in shown)
            rows.append(f"| {measure.grows}: {measure.figure} | {cells} |")
    return "\n".join(rows)


def _short(number: float) -> str:
    return f"{number:,.{max(0, 1 - math.floor(math.log10(number)))}f}" if number else "0"


def picture(results: Results, path: Path) -> None:
    """Plot each measurement; all axes begin at 0, except those that span powers of ten."""
    mpl.use("Agg")
    figure, axes = plt.subplots(2, 3, figsize=(11, 6.2), layout="constrained")
    for axis, (name, measure) in zip(axes.flat, MEASURES.items(), strict=True):
        axis.set(xlabel=measure.grows, ylabel=measure.figure)
        axis.spines[["top", "right"]].set_visible(False)
        if name in results:
            counts, figures = zip(*results[name], strict=True)
            axis.plot(counts, figures, "-" if len(counts) > 10 else "o-", color="C0")
        if measure.wide:
            axis.set(xscale="log")
        else:
            axis.set_xlim(left=0)
        axis.set_ylim(bottom=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def write(results: Results, folder: Path) -> str:
    """Write the table between the markers of the page, and the picture beside it. Return the table."""
    picture(results, folder / PICTURE)
    shown = f"{table(results)}\n\n![Six curves: time and memory over what grows]({PICTURE.as_posix()})"
    put(folder, "make growth", shown)
    return shown
