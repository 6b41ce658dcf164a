"""The tables and the picture of a run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from benchmarks.peers.systems import ENTRIES, OURS, Entry
from benchmarks.peers.work import CLIENTS, SHARED

BEGIN, END = "<!-- written by make bench -->", "<!-- end of what make bench writes -->"
SAME_F1 = 2  # points; answers so close are about as good
PAGE, PICTURE = "benchmarks.md", Path("images", "benchmarks.png")

Figures = Mapping[str, Any]
Column = tuple[str, Callable[[Figures], float], str, bool]
"""The heading, the figure, its format and whether more is better."""


def _percentile(clock: int, percent: int) -> Callable[[Figures], float]:
    return lambda figures: 1000 * float(np.percentile(np.array(figures["questions"])[:, clock], percent))


def _in_threads(figures: Figures) -> float:
    """Return the questions a second that threads ask together, not a number if the process crashed."""
    threads = figures["threads"]
    return math.nan if "failed" in threads else float(threads["questions"] / threads["seconds"][0])


QUESTIONS: Sequence[Column] = (
    ("p50, ms", _percentile(0, 50), ",.0f", False),
    ("p95, ms", _percentile(0, 95), ",.0f", False),
    ("processor p50, ms", _percentile(1, 50), ",.0f", False),
    ("processor p95, ms", _percentile(1, 95), ",.0f", False),
    ("a second, one client", lambda one: len(one["answers"]) / _wall(one), ".2f", True),
    (f"a second, {CLIENTS} threads", _in_threads, ".2f", True),
)
INDEX: Sequence[Column] = (
    ("index, s", lambda one: one["index"][0], ",.1f", False),
    ("processor, s", lambda one: one["index"][1], ",.1f", False),
    ("most memory, MB", lambda one: max(one["MB"], one["threads"].get("MB", 0.0)), ",.0f", False),
    ("first answer of a new process, s", lambda one: one["first answer"], ".1f", False),
)


def tables(results: Mapping[str, Any]) -> str:
    """Return the run as Markdown."""
    about = results["machine"]
    measured = [entry for entry in ENTRIES if entry.key in results["systems"]]
    worked = {
        entry: results["systems"][entry.key]
        for entry in measured
        if "failed" not in results["systems"][entry.key]
    }
    failed = [
        f"* {entry.name} did not finish: {results['systems'][entry.key]['failed']}."
        for entry in measured
        if entry not in worked
    ]
    answers = {entry: _answers(figures) for entry, figures in worked.items()}
    parts = [
        f"{results['paragraphs']:,} paragraphs and {results['questions']:,} questions of SQuAD 1.1 dev. "
        f"{about['processor']}, {about['cores']} cores, {about['threads']} threads, "
        f"{'computes' if about['bfloat16'] else 'does not compute'} in bfloat16. {about['date']}, "
        f"commit {about['commit']}{' with changes' if about['changed'] else ''}, Python {about['python']}. "
        f"Load of the machine before the run: {about['load']:.1f}, "
        f"at its end: {about['load at the end']:.1f}.",
        "In brackets: the multiple of the fastest peer's figure (of the least memory). Compare these between "
        "machines, not the times. Of questions a second more is better, of all else less.",
        _table(worked, QUESTIONS, ("EM", "F1", "exceptions"), answers),
        _table(worked, INDEX),
        _as_good(worked),
        "\n".join([*(f"* {entry.name}: {entry.about}." for entry in worked), *failed, *_errors(worked)]),
        _floor(results, about),
        _versions(worked, about),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def write(results: Mapping[str, Any], folder: Path) -> None:
    """Put the tables between the marks of a page, and the picture beside it."""
    page, drawing = folder / PAGE, folder / PICTURE
    drawing.parent.mkdir(parents=True, exist_ok=True)
    text = page.read_text(encoding="utf-8") if page.exists() else f"# Benchmarks\n\n{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    shown = f"{tables(results)}\n![Time of a question over F1, and time to index]({PICTURE.as_posix()})\n"
    page.write_text(f"{before}{BEGIN}\n\n{shown}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    picture(results, drawing)


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
        time = QUESTIONS[0][1](one)
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
    left.set(xlabel="median time of a question, ms", ylabel="F1, %")
    names = [f"{number} {entry.name}" for number, entry in enumerate(worked, start=1)]
    bars = right.barh(
        names,
        [one["index"][0] for one in worked.values()],
        color=["C0" if entry.ours else "lightgrey" for entry in worked],
    )
    right.bar_label(bars, fmt="{:,.1f}", padding=3)
    right.invert_yaxis()
    right.margins(x=0.15)
    right.spines[["top", "right"]].set_visible(False)
    right.set(xlabel="time to index, s")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _wall(figures: Figures) -> float:
    return float(sum(wall for wall, _ in figures["questions"]))


def _answers(figures: Figures) -> tuple[str, str, str]:
    raised = sum(figures["errors"].values())
    return f"{100 * figures['exact match']:.1f}", f"{100 * figures['f1']:.1f}", f"{raised:,}"


def _table(
    worked: Mapping[Entry, Figures],
    columns: Sequence[Column],
    headings: Sequence[str] = (),
    cells: Mapping[Entry, Sequence[str]] | None = None,
) -> str:
    rows = [f"| | {' | '.join([*headings, *(column[0] for column in columns)])} |"]
    rows.append("|---" * (1 + len(headings) + len(columns)) + "|")
    best = []
    for _, figure, _, more in columns:
        peers = [figure(one) for entry, one in worked.items() if not entry.ours]
        known = [number for number in peers if not math.isnan(number)]
        best.append((max if more else min)(known, default=math.nan))
    for entry, one in worked.items():
        line = [f"**{entry.name}**" if entry.name == OURS else entry.name, *(cells or {}).get(entry, ())]
        for (_, figure, layout, _), least in zip(columns, best, strict=True):
            number = figure(one)
            ratio = "" if math.isnan(least) else f" ({number / least:.2f})"
            line.append("none" if math.isnan(number) else f"{format(number, layout)}{ratio}")
        rows.append(f"| {' | '.join(line)} |")
    return "\n".join(rows)


def _as_good(worked: Mapping[Entry, Figures]) -> str:
    """Return which peer is the fastest of those whose answers are about as good, by F1."""
    best = next((one for entry, one in worked.items() if entry.key == OURS), None)
    if best is None:
        return ""
    peers = {
        entry: one
        for entry, one in worked.items()
        if not entry.ours and one["f1"] >= best["f1"] - SAME_F1 / 100
    }
    if not peers:
        return f"The F1 of every peer is more than {SAME_F1} points below that of {OURS}."
    median = QUESTIONS[0][1]
    fastest = min(peers, key=lambda entry: median(peers[entry]))
    ratio = median(best) / median(peers[fastest])
    return (
        f"Of the peers whose F1 is at most {SAME_F1} points below that of {OURS}, {fastest.name} is the "
        f"fastest; {OURS} takes {ratio:.2f} of its median time of a question."
    )


def _errors(worked: Mapping[Entry, Figures]) -> list[str]:
    """Return a line for each kind of exception, and for each crash."""
    lines = []
    for entry, figures in worked.items():
        counts = [(figures["errors"], len(figures["answers"]), "by one client")]
        threads = figures["threads"]
        if "failed" in threads:
            lines.append(f"* {entry.name} crashed when {CLIENTS} threads asked: {threads['failed']}.")
        else:
            counts.append((threads["errors"], threads["questions"], f"by {CLIENTS} threads"))
        lines += [
            f"* {entry.name} raised `{kind}` at {count:,} of {asked:,} questions {by}."
            for errors, asked, by in counts
            for kind, count in errors.items()
        ]
    return lines


def _floor(results: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    """Return the multiply-adds, what they take at the machine's rate, and what the package takes."""
    if not results["multiply-adds"]:
        return ""
    kinds = ["float32", *(["bfloat16"] if about["bfloat16"] else [])]
    in_kind = {kind: results["systems"].get(OURS) for kind in kinds[-1:]}
    if len(kinds) == 2:
        in_kind["float32"] = results["systems"].get(f"{OURS}-float32")
    rows = ["| | multiply-adds | at the machine's rate | this package | multiple |", "|---|---|---|---|---|"]
    for work, name in (("index", "every paragraph once through the embedder"), ("question", "one question")):
        for kind in kinds:
            operations = results["multiply-adds"][work]
            least = operations / about["rates"][kind]
            one = in_kind[kind]
            taken, multiple = "", ""
            if one is not None and "failed" not in one:
                seconds = one["index"][0] if work == "index" else _wall(one) / len(one["answers"])
                taken, multiple = f"{seconds:,.3f} s", f"{seconds / least:.1f}"
            counted = f"{operations / 1e9:,.1f} billion"
            rows.append(f"| {name}, {kind} | {counted} | {least:,.3f} s | {taken} | {multiple} |")
    rate = ", ".join(f"{about['rates'][kind] / 1e9:,.0f} in {kind}" for kind in kinds)
    return (
        f"The floor: multiply-adds over the machine's rate of a large matrix multiplication, {rate} "
        "(billions a second). A question is embedded and all of its passages read, without padding.\n\n"
        + "\n".join(rows)
    )


def _versions(worked: Mapping[Entry, Figures], about: Mapping[str, Any]) -> str:
    """Return the versions; those that all systems share once."""
    found: dict[str, set[str]] = {}
    for figures in worked.values():
        for name, version in figures["versions"].items():
            found.setdefault(name, set()).add(version)
    ordered = sorted(found, key=lambda name: (name in SHARED, name))
    listed = [f"{name} {' and '.join(sorted(found[name]))}" for name in ordered]
    return f"Versions: {', '.join([f'{OURS} ' + about['version'], *listed])}."
