"""Broad questions: how well whole sentences answer them, beside the best passage of the retriever.

    python -m benchmarks.broad [--half tune|report] [--fit FILE] [--show N]

questions.csv holds 152 questions that were written by hand over the texts beside it, those of
benchmarks/structured and corpus/. `sentences` gives words of every sentence or list item that a person would
want in the answer. Each question is asked of its own folder, and of another folder too, which does not answer
it. The model was fitted on the half `tune`; `report` is other folders.

F1 compares the sentences that are chosen with those that are wanted. An answer is complete if it has all of
them. The baseline is all sentences of the passage that the retriever puts first; to be fair to it, our
sentences are counted as many as it has, too. A choice counts as right from an F1 of 0.5.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from qa.documents import Document, Span, document_sentences, load_document
from qa.evaluation.metrics import calibration_error
from qa.index import Index, load_embedder
from qa.reader import Calibrator, Reader
from qa.results import Passage
from qa.retrieval import HybridRetriever
from qa.sentence_answers import (
    CHANCE_FEATURES,
    FEATURES,
    JudgedSentence,
    LogisticModel,
    SentenceChooser,
    chance_features,
    choice,
    judge,
)
from qa.settings import DEFAULTS

HERE = Path(__file__).parent
HALVES = ("tune", "report")
STRUCTURED = ["coffee", "hire", "kennels", "toolhire", "heating", "locks", "council", "garden", "huts"]
OTHER = {
    "structured": "harbour",
    "harbour": "structured",
    "clinic": "observatory",
    "observatory": "clinic",
    "corpus": "clinic",
}
RIGHT_F1 = 0.5

Place = tuple[str, Span]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was asked of a folder.

    Attributes:
        question: The question.
        wanted: The sentences that answer it; none if the folder does not.
        judged: The sentences of the passages.
        passage: The passage that the retriever puts first.
        span_confidence: The confidence of the best span.
    """

    question: str
    wanted: frozenset[Place]
    judged: list[JudgedSentence]
    passage: Passage
    span_confidence: float


def place(sentence: JudgedSentence) -> Place:
    """Return where a sentence stands."""
    return sentence.document.id, sentence.span


def documents(folder: str) -> list[Document]:
    """Return the documents of a folder."""
    if folder == "structured":
        paths = [path for path in (HERE.parent / "structured").iterdir() if path.stem in STRUCTURED]
    else:
        paths = sorted((HERE.parent.parent / "corpus" if folder == "corpus" else HERE / folder).iterdir())
    return [load_document(path) for path in paths if path.is_file() and path.suffix in {".md", ".txt"}]


def ask(half: str) -> Iterator[Asked]:
    """Ask the questions of one half of their own folder and of another one."""
    embedder, reader, calibrator = load_embedder(), Reader.load(), Calibrator.load()
    texts = {folder: documents(folder) for folder in OTHER}
    retrievers = {
        name: HybridRetriever(Index.build(found, embedder), embedder) for name, found in texts.items()
    }
    with (HERE / "questions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["half"] == half]
    for row in tqdm(rows, desc="questions"):
        for folder in (row["folder"], OTHER[row["folder"]]):
            words = row["sentences"].split(" | ") if folder == row["folder"] else []
            retriever, question = retrievers[folder], row["question"]
            passages = retriever.retrieve(question)
            candidates = reader.read_sentences(question, passages)
            best = calibrator.scored_answers(passages, candidates)
            yield Asked(
                question,
                frozenset(_wanted(texts[folder], words)),
                judge(retriever.sentences(question), candidates),
                passages[0],
                best[0].probability if best else 0.0,
            )


def _wanted(texts: Sequence[Document], words: Sequence[str]) -> Iterator[Place]:
    """Yield the sentence that holds each of the words.

    Raises:
        ValueError: none or several hold them.
    """
    for some in words:
        found = [
            (document.id, span)
            for document in texts
            for span in document_sentences(document)
            if some in document[span]
        ]
        if len(found) != 1:
            raise ValueError(f"{some!r} stands in {len(found)} sentences")
        yield found[0]


def rated(asked: Asked, model: LogisticModel) -> list[tuple[float, JudgedSentence]]:
    """Return the sentences with their probabilities."""
    return [(model.probability(one.features), one) for one in asked.judged]


def sentence_f1(chosen: Iterable[Place], wanted: frozenset[Place]) -> float:
    """Return the F1, 0 to 1, of the sentences that are chosen."""
    found = set(chosen)
    return 2 * len(found & wanted) / (len(found) + len(wanted)) if found else 0.0


def of_passage(asked: Asked) -> list[Place]:
    """Return the sentences of the first passage."""
    passage = asked.passage
    return [
        place(one)
        for one in asked.judged
        if one.document == passage.document and one.span.overlaps(passage.span)
    ]


def figures(name: str, asked: Sequence[Asked], way: Callable[[Asked], list[Place]]) -> None:
    """Print the figures of one way to choose sentences."""
    chosen = [way(one) for one in asked]
    f1 = np.mean([sentence_f1(found, one.wanted) for found, one in zip(chosen, asked, strict=True)])
    complete = np.mean([one.wanted <= set(found) for found, one in zip(chosen, asked, strict=True)])
    size = np.mean([len(found) for found in chosen])
    print(f"{name:<34}F1 {f1:.3f}  complete {complete:.1%}  sentences {size:.1f}")


def fit(asked: Sequence[Asked]) -> dict[str, dict[str, object]]:
    """Return both models, fitted with an L2 penalty over standardised features."""
    known = [one for one in asked if one.wanted]
    rows = np.array([sentence.features for one in known for sentence in one.judged])
    belongs = np.array([place(sentence) in one.wanted for one in known for sentence in one.judged])
    sentence = _fitted(rows, belongs)
    chances, rights = [], []
    for one in asked:
        found = rated(one, sentence)
        chances.append(chance_features(found, one.span_confidence))
        rights.append(sentence_f1(map(place, choice(found)[0]), one.wanted) >= RIGHT_F1)
    chance = _fitted(np.array(chances), np.array(rights))
    return {
        name: {
            "bias": round(model.bias, 4),
            "weights": {key: round(weight, 4) for key, weight in zip(names, model.weights, strict=True)},
        }
        for name, names, model in (("sentence", FEATURES, sentence), ("chance", CHANCE_FEATURES, chance))
    }


def _fitted(rows: np.ndarray, labels: np.ndarray) -> LogisticModel:
    mean, spread = rows.mean(0), rows.std(0)
    model = LogisticRegression(max_iter=1000).fit((rows - mean) / spread, labels)
    weights = model.coef_[0] / spread
    return LogisticModel(tuple(weights.tolist()), float(model.intercept_[0] - (weights * mean).sum()))


def main() -> None:
    """Print the figures of one half, and fit the models to it if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--half", choices=HALVES, default="report")
    parser.add_argument("--fit", type=Path, metavar="FILE", help="fit the models, and write them as JSON")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the N worst answers")
    options = parser.parse_args()

    asked = list(ask(options.half))
    if options.fit is not None:
        options.fit.write_text(json.dumps(fit(asked), indent=2) + "\n", encoding="utf-8")
    chooser = SentenceChooser.load() if options.fit is None else SentenceChooser.load(options.fit)

    def ours(one: Asked) -> list[Place]:
        return [place(found) for found in choice(rated(one, chooser.sentence))[0]]

    def as_many(one: Asked) -> list[Place]:
        ordered = sorted(rated(one, chooser.sentence), key=lambda pair: -pair[0])
        return [place(found) for _, found in ordered[: len(of_passage(one))]]

    known = [one for one in asked if one.wanted]
    print(f"{options.half}: {len(known)} questions")
    figures("sentences", known, ours)
    figures("as many sentences as the passage", known, as_many)
    figures("best passage", known, of_passage)
    figures("best passage, at most 6 sentences", known, lambda one: of_passage(one)[:6])
    chances = np.array(
        [
            chooser.chance.probability(chance_features(rated(one, chooser.sentence), one.span_confidence))
            for one in asked
        ]
    )
    rights = np.array([sentence_f1(ours(one), one.wanted) >= RIGHT_F1 for one in asked])
    answerable = np.array([bool(one.wanted) for one in asked])
    shown = chances >= DEFAULTS.min_confidence
    error = calibration_error(chances, rights)
    print(f"chance: calibration error {error:.3f}; answered {shown[answerable].mean():.1%}, of these right")
    print(f"{rights[shown & answerable].mean():.1%}; of another folder {shown[~answerable].mean():.1%}")
    for one in sorted(known, key=lambda one: sentence_f1(ours(one), one.wanted))[: options.show]:
        print(f"\n{one.question}")
        for sentence in one.judged:
            here = place(sentence)
            marks = ("+" if here in ours(one) else " ") + ("*" if here in one.wanted else " ")
            print(f"  {marks} {sentence.document[sentence.span]}")


if __name__ == "__main__":
    main()
