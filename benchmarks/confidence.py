"""Calibration benchmark: the whole pipeline, half of the questions without their paragraph.

    python -m benchmarks.confidence FILE [--questions N] [--picture PNG]

FILE is a question file with contexts, as for `qa eval`. Half of the contexts form the corpus. Half of the N
questions (drawn with a fixed seed) have their context in it, half do not. An answer counts as right if its F1
is at least 0.5. The package is compared with two other measures of confidence, over the same passages and
logits: the product of the softmax of start and end within a window, and the formula of Haystack's reader,
sigmoid((start logit + end logit) / 10). The answers that each stop of the page's slider shows are counted
too.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

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
from qa.page.views import threshold
from qa.reader import Calibrator, Reader, read_until_sure
from qa.reader.candidate import best_first
from qa.reader.decoding import best_spans
from qa.reader.early_stopping import STOPS
from qa.reader.reader import MAX_ANSWER_TOKENS, Window
from qa.retrieval import HybridRetriever
from qa.settings import DEFAULTS

NAMES = ("verbatim-qa", "softmax", "sigmoid(logits / 10)")


class RecordingReader(Reader):
    """A reader that remembers the logits of its last call."""

    def _logits(
        self, windows: Sequence[Window]
    ) -> Iterator[tuple[Window, NDArray[np.float32], NDArray[np.float32]]]:
        self.logits = list(super()._logits(windows))
        yield from self.logits

    def other_measures(self, texts: list[str]) -> list[tuple[float, str]]:
        """Return the most confident span of the last call, with its confidence, by each other measure."""
        best = [(0.0, ""), (0.0, "")]
        for window, starts, ends in self.logits:
            encoding = window.encoding
            inside = np.array([side == 1 for side in encoding.sequence_ids])
            anywhere = np.zeros(len(starts), dtype=np.int64)
            found = best_spans(starts, ends, inside, inside, anywhere, max_length=MAX_ANSWER_TOKENS, count=1)
            mass = float(np.logaddexp.reduce(starts) + np.logaddexp.reduce(ends))
            for first, last, score in found:
                span = slice(encoding.offsets[first][0], encoding.offsets[last][1])
                text = texts[window.source][span]
                confidences = float(np.exp(score - mass)), float(1 / (1 + np.exp(-score / 10)))
                best = [max(old, (new, text)) for old, new in zip(best, confidences, strict=True)]
        return best


@dataclass(frozen=True, slots=True)
class Figures:
    """The best spans by one measure.

    Attributes:
        confidences: (n,) The confidence of each span, 0 to 1.
        rights: (n,) Whether each span is right.
        exact: (n,) Whether each span matches an answer exactly.
        sentences: (n,) Whether each consists of whole sentences, as for questions that a few words do not
            answer.
    """

    confidences: NDArray[np.float64]
    rights: NDArray[np.bool_]
    exact: NDArray[np.bool_]
    sentences: NDArray[np.bool_]

    def among(self, rows: NDArray[np.bool_]) -> Figures:
        """Return the figures of some of the questions."""
        return Figures(self.confidences[rows], self.rights[rows], self.exact[rows], self.sentences[rows])

    def at(self, least: float) -> tuple[float, float, float]:
        """Return the share shown at a minimum confidence, and the shares of these right and exact.

        The last two are NaN if none is shown.
        """
        shown = self.confidences >= least
        if not shown.any():
            return 0.0, float("nan"), float("nan")
        return float(shown.mean()), float(self.rights[shown].mean()), float(self.exact[shown].mean())

    def line(self) -> str:
        """Return the figures as a line of a table."""
        shown, precision, exact = self.at(DEFAULTS.min_confidence)
        return (
            f"ECE {calibration_error(self.confidences, self.rights):.3f}  "
            f"coverage@80 {coverage_at(self.confidences, self.rights, 0.8):.1%}  "
            f"AURC {area_under_risk_coverage(self.confidences, self.rights):.3f}  "
            f"at {DEFAULTS.min_confidence}: "
            f"{shown:.1%} shown, {precision:.1%} right, {exact:.1%} exact"
        )


def ask(gold: list[GoldQuestion], questions: int) -> tuple[dict[str, Figures], int, float]:
    """Return the figures of each measure, the number of paragraphs, and the share of equal answers.

    An answer is equal if early stopping finds the same as reading all passages.
    """
    generator = random.Random(0)
    paragraphs = contexts(gold)
    documents = generator.sample(paragraphs, len(paragraphs) // 2)
    texts = {document.text for document in documents}
    answerable = [question for question in gold if question.context in texts]
    unanswerable = [question for question in gold if question.context not in texts]
    count = min(questions // 2, len(answerable), len(unanswerable))
    asked = [*generator.sample(answerable, count), *generator.sample(unanswerable, count)]
    embedder = load_embedder()
    packaged = Reader.load()
    reader = RecordingReader(packaged.model, packaged.tokenizer)
    retriever = HybridRetriever(Index.build(documents, embedder, progress=True), embedder)
    bot = Chatbot(retriever, reader, Calibrator.load())
    rows: list[list[tuple[float, str]]] = []
    same: list[bool] = []
    whole: list[bool] = []
    for question in tqdm(asked, desc="questions"):
        reply = bot.ask(question.question)
        best = "" if reply.best is None else reply.best.text
        whole.append(reply.best is not None and bool(reply.best.evidence))
        stopped = read_until_sure(reader, bot.calibrator, question.question, reply.passages)
        first = bot.calibrator.scored_answers(reply.passages, stopped)
        read, measures = [], []
        for begin, end in pairwise([0, *(stop.passages for stop in STOPS), len(reply.passages)]):
            part = reply.passages[begin:end]  # as without early stopping
            read += reader.read(question.question, part)
            measures.append(reader.other_measures([passage.text for passage in part]))
        answers = bot.calibrator.scored_answers(reply.passages, best_first(read))
        same.append([one.candidate.text for one in first[:1]] == [one.candidate.text for one in answers[:1]])
        others = [max(pair) for pair in zip(*measures, strict=True)]
        rows.append([(reply.confidence, best), *others])
    golds = [question.answers for question in asked]
    figures = {}
    for name, spans in zip(NAMES, zip(*rows, strict=True), strict=True):
        confidences = np.array([confidence for confidence, _ in spans])
        judged = [(text, known) for (_, text), known in zip(spans, golds, strict=True)]
        rights = np.array([f1(text, known) >= RIGHT_F1 for text, known in judged])
        exact = np.array([bool(exact_match(text, known)) for text, known in judged])
        sentences = np.array(whole) & (name == NAMES[0])
        figures[name] = Figures(confidences, rights, exact, sentences)
    return figures, len(documents), float(np.mean(same))


def picture(figures: dict[str, Figures], path: Path) -> None:
    """Plot risk over coverage for each measure, and the reliability of the package's confidence."""
    mpl.use("Agg")
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
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
        [ours.confidences[rows].mean() for rows in bins], [ours.rights[rows].mean() for rows in bins], "o-"
    )
    right.set(xlabel="confidence (15 bins of equal mass)", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    figure.savefig(path, dpi=110)


def main() -> None:
    """Print a table, and save a picture if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--questions", type=int, default=4000)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    figures, paragraphs, same = ask(load_gold(options.file), options.questions)
    asked = len(figures[NAMES[0]].rights)
    print(f"{paragraphs:,} paragraphs, {asked:,} questions, half of them without their paragraph")
    for name, one in figures.items():
        print(f"{name:<22}{one.line()}")
    for stop in threshold.STOPS:
        shown, right, _ = figures[NAMES[0]].at(stop.threshold)
        print(f"{stop.name}, from {stop.threshold}: {shown:.1%} shown, {right:.1%} right")
    ours = figures[NAMES[0]]
    for kind, part in (("whole sentences", ours.sentences), ("spans", ~ours.sentences)):
        shown, right, _ = ours.among(part).at(DEFAULTS.min_confidence)
        print(f"{kind} at {DEFAULTS.min_confidence}: {shown * part.sum():.0f} shown, {right:.1%} right")
    print(f"the same best answer as when all passages are read: {same:.2%}")
    if options.picture is not None:
        picture(figures, options.picture)


if __name__ == "__main__":
    main()
