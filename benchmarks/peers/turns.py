"""Compare systems that take turns, which works on a machine with a changing load.

    python -m benchmarks.peers.turns DATA [--paragraphs 200] [--questions 100] [--starts 5] [--systems a,b]
                                     [--output DOCS]

Each system waits in its own process. They index in turn, three times; then each question goes to all of them,
starting with another system each time; then each is restarted several times. So all meet the same load, and
the ratios of their processor times are valid, unlike those of runs one after another. One thread.
`make bench` must have made the environments and the models.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.page import put
from benchmarks.peers.environments import python_of
from benchmarks.peers.jobs import ROOT, RUNS, draw, index_of, output_of, write_job, write_work
from benchmarks.peers.systems import OURS, Entry, chosen
from qa.evaluation import f1, load_gold

INDEXINGS = 3
DEFAULTS = f"{OURS},{OURS}-openvino,haystack,haystack-best,txtai,txtai-best"

Figures = dict[str, dict[str, Any]]


class Player:
    """A system in its own process."""

    def __init__(self, entry: Entry, work: Path, environment: Mapping[str, str], stack: ExitStack) -> None:
        self.command = [str(python_of(entry.environment, RUNS)), "-m", "benchmarks.peers.work"]
        self.command.append(str(write_job(entry, RUNS / "models", work=work)))
        self.environment = environment
        self.log = stack.enter_context((RUNS / f"{entry.key}-turns.log").open("w", encoding="utf-8"))
        shutil.rmtree(index_of(entry), ignore_errors=True)
        self.process = stack.enter_context(
            subprocess.Popen(
                [*self.command, "--turns"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.log,
                text=True,
            )
        )
        self.answer()  # it is ready

    def answer(self) -> Any:
        """Return the next line of JSON that it prints."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(("[", '"ready')):  # libraries print too
                return json.loads(line)
        raise RuntimeError(f"{self.command} ended: see {self.log.name}")

    def take(self, turn: str) -> float:
        """Return the processor time of a turn, in seconds."""
        assert self.process.stdin is not None
        print(turn, file=self.process.stdin, flush=True)
        return float(self.answer()[1])

    def end(self) -> None:
        """Let it write its index and its answers."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def start(self, question: str) -> float:
        """Return the processor time, in seconds, of a new process that loads the index and answers once."""
        before = os.times()
        subprocess.run(
            [*self.command, "--first", question],
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
            check=True,
        )
        after = os.times()
        return after[2] + after[3] - before[2] - before[3]  # of children


def in_turn(
    players: Mapping[str, Player], turns: int, take: Callable[[Player, int], float]
) -> dict[str, float]:
    """Return the median time of each player for a turn. In each turn another player begins."""
    names = list(players)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(turns):
        first = turn % len(names)
        for name in [*names[first:], *names[:first]]:
            taken[name].append(take(players[name], turn))
    return {name: statistics.median(times) for name, times in taken.items()}


def table(names: Sequence[str], figures: Figures) -> str:
    """Return the figures as Markdown, in brackets as multiples of the lowest of the peers."""
    rows = [f"| | {' | '.join(figures)} |", "|---" * (1 + len(figures)) + "|"]
    for name in names:
        cells = []
        for values in figures.values():
            least = min((value for key, value in values.items() if not key.startswith(OURS)), default=1.0)
            cells.append(f"{values[name]:,.3g} ({values[name] / least:.2f})")
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    """Measure, print the table and write it to the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--paragraphs", type=int, default=200)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--starts", type=int, default=5, help="how often each is restarted")
    parser.add_argument("--systems", default=DEFAULTS)
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="the folder of the table")
    options = parser.parse_args()
    gold = load_gold(options.data / "eval" / "squad11_dev.jsonl.gz")
    texts, drawn = draw(gold, options.paragraphs, options.questions)
    work = RUNS / "turns.json"
    asked = write_work(work, texts, drawn)
    wanted = options.systems.split(",")
    entries = [entry for entry in chosen(options.systems, bfloat16=True) if entry.key in wanted]
    environment = os.environ | {
        "HF_HUB_OFFLINE": "1",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
    with ExitStack() as stack:
        players = {entry.name: Player(entry, work, environment, stack) for entry in entries}
        index = in_turn(players, INDEXINGS, lambda player, _: player.take("index"))
        print("seconds to index", index, file=sys.stderr, flush=True)
        question = in_turn(players, len(asked), lambda player, turn: 1000 * player.take(str(turn)))
        print("milliseconds a question", question, file=sys.stderr, flush=True)
        for player in players.values():
            player.end()
        start = in_turn(players, options.starts, lambda player, turn: player.start(asked[turn].question))
    found = {entry.name: json.loads(output_of(entry).read_text(encoding="utf-8")) for entry in entries}
    points = {
        name: 100
        * statistics.mean(f1(text, one.answers) for text, one in zip(figures["answers"], asked, strict=True))
        for name, figures in found.items()
    }
    shown = table(
        list(players),
        {
            "index, s": index,
            "question, ms": question,
            "first answer, s": start,
            "F1": points,
        },
    )
    text = f"{len(texts)} paragraphs, {len(asked)} questions; medians of processor time.\n\n{shown}"
    print(text)
    put(options.output, "benchmarks.peers.turns", text)


if __name__ == "__main__":
    main()
