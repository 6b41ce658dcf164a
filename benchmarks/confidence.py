"""Whether the confidence is true: the whole pipeline, half of the questions without their paragraph.

    python -m benchmarks.confidence FILE [--questions N] [--picture PNG]

FILE is one that `qa eval` reads, with contexts. Half of the contexts are the corpus. Half of the N
questions (drawn with a fixed seed) have their context there, half do not. An answer is right from an
F1 of 0.5 on. Beside the package stand two other ways to be sure of a span, over the same passages and
the same logits: the product of the softmax of its start and of its end within its window, and the
formula of Haystack's reader, sigmoid((start logit + end logit) / 10).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm
from transformers import BatchEncoding

from qa.chatbot import Chatbot
from qa.evaluation import GoldQuestion, contexts, f1, load_gold
from qa.evaluation.metrics import (
    area_under_risk_coverage,
    bins_of_equal_mass,
    calibration_error,
    coverage_at,
    exact_match,
    risks,
)
from qa.evaluation.run import RIGHT_F1
from qa.index import Index, load_embedder
from qa.reader import Calibrator, Reader
from qa.reader.decoding import best_spans
from qa.reader.reader import MAX_ANSWER_TOKENS
from qa.retrieval import Retriever
from qa.settings import DEFAULTS

NAMES = ("verbatim-qa", "softmax", "sigmoid(logits / 10)")


class RecordingReader(Reader):
    """A reader that keeps the logits of its last reading, for others to judge by."""

    def _logits(
        self, windows: BatchEncoding
    ) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
        self.windows, self.logits = windows, list(super()._logits(windows))
        yield from self.logits

    def others(self, texts: list[str]) -> list[tuple[float, str]]:
        """(confidence, span) of the surest span of the last reading by each other way."""
        surest = [(0.0, ""), (0.0, "")]
        for number, starts, ends in self.logits:
            encoding = self.windows[number]
            inside = np.array([side == 1 for side in encoding.sequence_ids])
            anywhere = np.zeros(len(starts), dtype=np.int64)
            found = best_spans(starts, ends, inside, inside, anywhere, max_length=MAX_ANSWER_TOKENS, count=1)
            mass = float(np.logaddexp.reduce(starts) + np.logaddexp.reduce(ends))
            for first, last, score in found:
                span = slice(encoding.offsets[first][0], encoding.offsets[last][1])
                text = texts[self.windows["overflow_to_sample_mapping"][number]][span]
                chances = float(np.exp(score - mass)), float(1 / (1 + np.exp(-score / 10)))
                surest = [max(old, (chance, text)) for old, chance in zip(surest, chances, strict=True)]
        return surest


@dataclass(frozen=True, slots=True)
class Figures:
    """(n,) confidences of the best spans, whether each is right, and whether it is exactly right."""

    confidences: NDArray[np.float64]
    rights: NDArray[np.bool_]
    exact: NDArray[np.bool_]

    def line(self) -> str:
        """All figures, for a table."""
        shown = self.confidences >= DEFAULTS.min_confidence
        precision = self.rights[shown].mean() if shown.any() else float("nan")
        exact = self.exact[shown].mean() if shown.any() else float("nan")
        return (
            f"ECE {calibration_error(self.confidences, self.rights):.3f}  "
            f"coverage@80 {coverage_at(self.confidences, self.rights, 0.8):.1%}  "
            f"AURC {area_under_risk_coverage(self.confidences, self.rights):.3f}  "
            f"at {DEFAULTS.min_confidence}: "
            f"{shown.mean():.1%} shown, {precision:.1%} right, {exact:.1%} exact"
        )


def ask(gold: list[GoldQuestion], questions: int) -> tuple[dict[str, Figures], int]:
    """Figures by way of being sure, and the number of paragraphs that were asked."""
    chance = random.Random(0)
    everything = contexts(gold)
    documents = chance.sample(everything, len(everything) // 2)
    kept = {document.text for document in documents}
    sides = [[one for one in gold if (one.context in kept) is side] for side in (True, False)]
    most = min(questions // 2, *map(len, sides))
    asked = [one for side in sides for one in chance.sample(side, most)]
    embedder = load_embedder()
    packaged = Reader.load()
    reader = RecordingReader(packaged.model, packaged.tokenizer)
    retriever = Retriever(Index.build(documents, embedder, progress=True), embedder)
    bot = Chatbot(retriever, reader, Calibrator.load())
    rows: list[list[tuple[float, str]]] = []
    for one in tqdm(asked, desc="questions"):
        reply = bot.ask(one.question)
        best = "" if reply.best is None else reply.best.text
        rows.append([(reply.confidence, best), *reader.others([p.text for p in reply.passages])])
    return {
        name: Figures(
            np.array([row[place][0] for row in rows]),
            np.array(
                [f1(row[place][1], one.answers) >= RIGHT_F1 for row, one in zip(rows, asked, strict=True)]
            ),
            np.array(
                [bool(exact_match(row[place][1], one.answers)) for row, one in zip(rows, asked, strict=True)]
            ),
        )
        for place, name in enumerate(NAMES)
    }, len(documents)


def picture(figures: dict[str, Figures], path: Path) -> None:
    """Risk over coverage by every way, and the reliability of the package's confidence."""
    mpl.use("Agg")
    drawn, (left, right) = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
    for name, one in figures.items():
        risk = risks(one.confidences, one.rights)
        coverage = np.arange(1, len(risk) + 1) / len(risk)
        start = max(1, len(risk) // 50)  # the first few answers are noise
        left.plot(coverage[start:], risk[start:], label=name)
    left.axhline(0.2, color="grey", linewidth=0.8, linestyle=":")
    left.set(
        xlabel="share of questions answered", ylabel="share of the answers wrong", xlim=(0, 1), ylim=(0, None)
    )
    left.legend(frameon=False)
    ours = figures[NAMES[0]]
    bins = bins_of_equal_mass(ours.confidences)
    right.plot([0, 1], [0, 1], color="grey", linewidth=0.8, linestyle=":")
    right.plot(
        [ours.confidences[part].mean() for part in bins], [ours.rights[part].mean() for part in bins], "o-"
    )
    right.set(xlabel="confidence (15 bins of equal mass)", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    drawn.savefig(path, dpi=110)


def main() -> None:
    """Print a table, and draw it where a picture is wanted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--questions", type=int, default=4000)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    figures, paragraphs = ask(load_gold(options.file), options.questions)
    asked = len(figures[NAMES[0]].rights)
    print(f"{paragraphs:,} paragraphs, {asked:,} questions, half of them without their paragraph")
    for name, one in figures.items():
        print(f"{name:<22}{one.line()}")
    if options.picture is not None:
        picture(figures, options.picture)


if __name__ == "__main__":
    main()
