"""Sentence answers: the sentences that answer a broad question, chosen by the reader's judgement of each.

A logistic model judges each sentence of the passages by how far the reader prefers its best span to no answer
and to the spans of other sentences, its similarity to the question, whether its headings have the question's
words, and the rank of its passage. A second model gives the probability that the choice is right: that its
sentence-level F1 is at least 0.5. `python -m benchmarks.broad --half tune --fit` fits both.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.documents import Document, Span, document_sentences, in_heading, sentence_at
from qa.errors import ModelError
from qa.index import RelevantSentence
from qa.reader import WEIGHTS, Candidate, list_around
from qa.results import Citation

FEATURES = ("score", "below_best", "similarity", "headed", "rank")
CHANCE_FEATURES = ("expected_f1", "best_span")
MOST_SENTENCES = 6
MOST_ITEMS = 12  # of a list that is completed
LEAST_PROBABILITY = 0.15
"""The least probability of a sentence that is chosen, unless it is the best one."""

LOWEST = -12.0  # in logits; lower scores are raised to this


@dataclass(frozen=True, slots=True)
class JudgedSentence:
    """A sentence with the reader's judgement of it.

    Attributes:
        document: The document.
        span: The sentence.
        words: The span in it that the reader prefers; the sentence itself if it was not read.
        features: Numbers named in `FEATURES`.
    """

    document: Document
    span: Span
    words: Span
    features: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SentenceAnswer:
    """The sentences that answer a question.

    Attributes:
        sentences: At most `MOST_SENTENCES`, and the rest of the lists that they are in; by document, the one
            of the best passage first, and in reading order.
        best: The most probable of them.
        chance: The probability that they are right.
    """

    sentences: tuple[Citation, ...]
    best: Citation
    chance: float


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """A probability from a weighted sum: 1 / (1 + e^-(bias + weights * features))."""

    weights: tuple[float, ...]
    bias: float

    def probability(self, features: Sequence[float]) -> float:
        """Return the probability, 0 to 1."""
        total = self.bias + sum(w * value for w, value in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-max(-500.0, min(500.0, total))))


class SentenceChooser:
    """Chooses the sentences that answer a question.

    Args:
        sentence: Gives the probability that a sentence belongs to the answer, by `FEATURES`.
        chance: Gives the probability that a choice is right, by `CHANCE_FEATURES`.
    """

    def __init__(self, sentence: LogisticModel, chance: LogisticModel) -> None:
        self.sentence, self.chance = sentence, chance

    @classmethod
    def load(cls, path: Path = WEIGHTS / "sentences.json") -> SentenceChooser:
        """Load a chooser from JSON.

        Raises:
            ModelError: the file is missing, is damaged, or has other features.
        """
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            models = []
            for name, features in (("sentence", FEATURES), ("chance", CHANCE_FEATURES)):
                weights = tuple(float(stored[name]["weights"][feature]) for feature in features)
                models.append(LogisticModel(weights, float(stored[name]["bias"])))
            return cls(*models)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path} is missing or damaged: install verbatim-qa again.") from error

    def choose(
        self,
        sentences: Sequence[RelevantSentence],
        candidates: Sequence[Candidate],
        span_confidence: float,
    ) -> SentenceAnswer | None:
        """Return the sentences that answer a question; None if there is none to choose from.

        Args:
            sentences: The sentences of the passages.
            candidates: The best candidate of each, see `Reader.read_sentences`.
            span_confidence: The confidence of the best span, 0 to 1.
        """
        judged = judge(sentences, candidates)
        if not judged:
            return None
        rated = [(self.sentence.probability(one.features), one) for one in judged]
        chosen, best = choice(rated)
        documents = list(dict.fromkeys(one.document.id for one in judged))
        in_order = sorted(chosen, key=lambda one: (documents.index(one.document.id), one.span))
        return SentenceAnswer(
            tuple(Citation(one.document, one.words, one.span) for one in in_order),
            Citation(best.document, best.words, best.span),
            self.chance.probability(chance_features(rated, span_confidence)),
        )


def judge(sentences: Sequence[RelevantSentence], candidates: Sequence[Candidate]) -> list[JudgedSentence]:
    """Return the sentences, except headings, each with its features and best span."""
    best: dict[tuple[str, Span], Candidate] = {}
    for one in candidates:
        document = one.passage.document
        best.setdefault((document.id, sentence_at(document, one.span)), one)
    scores = {place: max(LOWEST, one.score) for place, one in best.items()}
    top = max(scores.values(), default=LOWEST)
    judged = []
    for sentence in sentences:
        document, span = sentence.document, sentence.span
        if in_heading(document, span):
            continue
        place = (document.id, span)
        score = scores.get(place, LOWEST)
        words = best[place].span if place in best else span
        features = (
            score,
            max(LOWEST, score - top),
            sentence.similarity,
            sentence.headed,
            1 / sentence.rank,
        )
        judged.append(JudgedSentence(document, span, words, features))
    return judged


def choice(
    rated: Sequence[tuple[float, JudgedSentence]],
) -> tuple[list[JudgedSentence], JudgedSentence]:
    """Return the chosen sentences, and the most probable of them.

    Args:
        rated: Sentences with their probabilities.
    """
    ordered = sorted(rated, key=lambda pair: -pair[0])[:MOST_SENTENCES]
    best = ordered[0][1]
    chosen = [one for value, one in ordered if value >= LEAST_PROBABILITY or one is best]
    return _with_whole_lists(chosen), best


def _with_whole_lists(chosen: Sequence[JudgedSentence]) -> list[JudgedSentence]:
    """Return the sentences, and the rest of each list whose items are mostly chosen: no step is left out."""
    found = {(one.document.id, one.span): one for one in chosen}
    around = [list_around(one.document, one.span) for one in chosen]
    lists = {(one.document.id, one.span): one for one in around if one is not None}
    for whole in lists.values():
        document, count = whole.document, len(whole.items)
        spans = [one.span for one in chosen if one.document.id == document.id]
        missing = [item for item in whole.items if not any(item.overlaps(span) for span in spans)]
        if count > MOST_ITEMS or len(missing) >= count - 1 or 2 * len(missing) >= count:
            continue
        for item in missing:
            start = sentence_at(document, item).start  # with the item's bullet or number
            for sentence in document_sentences(document, Span(start, item.end)):
                added = JudgedSentence(document, sentence, sentence, ())
                found.setdefault((document.id, sentence), added)
    return list(found.values())


def chance_features(
    rated: Sequence[tuple[float, JudgedSentence]], span_confidence: float
) -> tuple[float, float]:
    """Return the numbers named in `CHANCE_FEATURES` for the sentences that `choice` returns.

    The first is the expected F1 if the probabilities are right, the second the log-odds of the best span.
    """
    values = sorted((value for value, _ in rated), reverse=True)
    chosen = [value for value in values[:MOST_SENTENCES] if value >= LEAST_PROBABILITY] or values[:1]
    expected = 2 * sum(chosen) / (len(chosen) + sum(values))
    odds = min(max(span_confidence, 0.001), 0.999)
    return expected, math.log(odds / (1 - odds))
