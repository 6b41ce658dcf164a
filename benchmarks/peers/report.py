"""The tables of a run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.page import put
from benchmarks.peers.picture import picture
from benchmarks.peers.systems import ENTRIES, OURS, Entry
from benchmarks.peers.work import CLIENTS, SHARED

SAME_F1 = 2  # points; answers this close are about as good
PICTURE = Path("images", "benchmarks.png")

_BUSY = (
    "Other work ran on the machine, more beside some systems than beside others: wall-clock times tell "
    "little, processor times more. "
)

Figures = Mapping[str, Any]
Column = tuple[str, Callable[[Figures], float], str, bool]
"""The heading, the figure, its format and whether higher is better."""


def _percentile(clock: int, percent: int) -> Callable[[Figures], float]:
    return lambda figures: 1000 * float(np.percentile(np.array(figures["questions"])[:, clock], percent))


def _in_threads(figures: Figures) -> float:
    """Return the questions per second of several threads, NaN if the process crashed."""
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
    ("first answer of a new process, s", lambda one: one["first answer"][0], ".1f", False),
    ("processor, s", lambda one: one["first answer"][1], ".1f", False),
)
BARS: Sequence[tuple[str, Callable[[Figures], float], Mapping[bool, float]]] = (
    ("processor time to index", INDEX[1][1], {True: 0.5, False: 0.5}),
    ("processor time of a question, median", QUESTIONS[2][1], {True: 0.6, False: 1.2}),
    ("most memory", INDEX[2][1], {True: 1.0, False: 1.0}),
    ("processor time to the first answer of a new process", INDEX[4][1], {True: 1.0, False: 1.0}),
)
"""The targets: the quantity, its figure, and the maximum as a multiple of the lowest figure of the peers as
they come, with bfloat16 and without."""


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
    loads = [figures["load"] for figures in worked.values()]
    answers = {entry: _answers(figures) for entry, figures in worked.items()}
    parts = [
        f"{results['paragraphs']:,} paragraphs and {results['questions']:,} questions of SQuAD 1.1 dev. "
        f"{about['processor']}, {about['cores']} cores, {about['threads']} threads, "
        f"{'computes' if about['bfloat16'] else 'does not compute'} in bfloat16. {about['date']}, "
        f"commit {about['commit']}{' with changes' if about['changed'] else ''}, Python {about['python']}. "
        f"Load of the machine when a system's turn came: {min(loads):.1f} to {max(loads):.1f}.",
        "In brackets: the multiple of the fastest peer's figure (of the least memory), best settings and "
        "bfloat16 among them. Compare these ratios between machines, not the times. "
        f"{_BUSY if max(loads) > about['cores'] + 1 else ''}"
        "For questions a second more is better, for all else less.",
        _table(worked, QUESTIONS, ("EM", "F1", "exceptions"), answers),
        _table(worked, INDEX),
        *(_bars(worked, key, bfloat16=about["bfloat16"]) for key in (OURS, f"{OURS}-openvino")),
        _bars(worked, f"{OURS}-float32", bfloat16=False),
        _as_good(worked),
        "\n".join([*(f"* {entry.name}: {entry.about}." for entry in worked), *failed, *_errors(worked)]),
        _floor(results, about),
        _versions(worked, about),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def write(results: Mapping[str, Any], folder: Path) -> None:
    """Write the tables between the markers of a page, and the picture beside it."""
    drawing = folder / PICTURE
    drawing.parent.mkdir(parents=True, exist_ok=True)
    shown = f"{tables(results)}\n![F1 over the time of a question; time to index]({PICTURE.as_posix()})"
    put(folder, "make bench", shown)
    picture(results, drawing)


def _wall(figures: Figures) -> float:
    return float(sum(wall for wall, _ in figures["questions"]))


def _processor(figures: Figures) -> float:
    return float(sum(processor for _, processor in figures["questions"]))


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


def _bars(worked: Mapping[Entry, Figures], key: str, *, bfloat16: bool) -> str:
    """Return the targets and the figures of this package, in one setting.

    Args:
        worked: The figures of each system that finished.
        key: The setting.
        bfloat16: Whether it computes in bfloat16. If not, neither do the peers compared.
    """
    name, own = next(((entry.name, one) for entry, one in worked.items() if entry.key == key), (key, None))
    others = {
        entry: one
        for entry, one in worked.items()
        if not entry.ours and (bfloat16 or not entry.needs_bfloat16)
    }
    peers = list(others.values())
    defaults = [one for entry, one in others.items() if entry.as_it_comes]
    if own is None or not defaults:
        return ""
    rows = [
        f"| {name} beside the best of the peers | as they come | at any settings | to be reached |",
        "|---|---|---|---|",
    ]
    for figure_name, figure, most in BARS:
        least = [[figure(one) for one in group] for group in (defaults, peers)]
        if any(math.isnan(number) for number in least[0]):
            continue
        ratios = [figure(own) / min(n for n in group if not math.isnan(n)) for group in least]
        bar = most[bfloat16]
        reached = "reached" if ratios[0] <= bar else "**missed**"
        rows.append(
            f"| {figure_name} | {ratios[0]:.2f} | {ratios[1]:.2f} | at most {bar:g} as they come: {reached} |"
        )
    leads = [100 * (own["f1"] - max(one["f1"] for one in group)) for group in (defaults, peers)]
    reached = "reached" if min(leads) >= 0 else "**missed**"
    rows.append(f"| points of F1 ahead | {leads[0]:.1f} | {leads[1]:.1f} | 0 or more: {reached} |")
    return "\n".join(rows)


def _as_good(worked: Mapping[Entry, Figures]) -> str:
    """Return the fastest of the peers whose answers are about as good, by F1."""
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
    median = QUESTIONS[2][1]
    fastest = min(peers, key=lambda entry: median(peers[entry]))
    ratio = median(best) / median(peers[fastest])
    return (
        f"Of the peers whose F1 is at most {SAME_F1} points below that of {OURS}, {fastest.name} is the "
        f"fastest; {OURS} takes {ratio:.2f} of its median processor time of a question."
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
    """Return the multiply-adds, their time at the machine's rate, and the time of the package."""
    if not results["multiply-adds"]:
        return ""
    kinds = {"float32": f"{OURS}-float32", "bfloat16": OURS} if about["bfloat16"] else {"float32": OURS}
    best = list(kinds)[-1]
    measured = [*kinds.items(), (best, f"{OURS}-openvino")]
    rows = [
        "| | multiply-adds | at the machine's rate | this package, processor | multiple |",
        "|---|---|---|---|---|",
    ]
    for work, name in (("index", "every paragraph once through the embedder"), ("question", "one question")):
        for kind, key in measured:
            one = results["systems"].get(key)
            operations = results["multiply-adds"][work]
            least = operations / about["rates"][kind]
            taken, multiple = "", ""
            if one is not None and "failed" not in one:
                seconds = one["index"][1] if work == "index" else _processor(one) / len(one["answers"])
                taken, multiple = f"{seconds:,.3f} s", f"{seconds / least:.1f}"
            counted = f"{operations / 1e9:,.1f} billion"
            how = f"{kind}, OpenVINO" if key.endswith("openvino") else kind
            rows.append(f"| {name}, {how} | {counted} | {least:,.3f} s | {taken} | {multiple} |")
    rate = ", ".join(f"{about['rates'][kind] / 1e9:,.0f} in {kind}" for kind in kinds)
    return (
        f"The floor: multiply-adds over the machine's rate of a large matrix multiplication, {rate} "
        "(billions a second). A question is embedded and all of its passages read, without padding.\n\n"
        + "\n".join(rows)
    )


def _versions(worked: Mapping[Entry, Figures], about: Mapping[str, Any]) -> str:
    """Return the versions; those shared by all systems are listed once."""
    found: dict[str, set[str]] = {}
    for figures in worked.values():
        for name, version in figures["versions"].items():
            found.setdefault(name, set()).add(version)
    ordered = sorted(found, key=lambda name: (name in SHARED, name))
    listed = [f"{name} {' and '.join(sorted(found[name]))}" for name in ordered]
    return f"Versions: {', '.join([f'{OURS} ' + about['version'], *listed])}."
