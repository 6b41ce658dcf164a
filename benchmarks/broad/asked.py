"""Questions asked of a folder: the sentences that were found, and those that a person wants."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from qa.answering import JudgedSentence, LogisticModel, choice, judge
from qa.documents import Document, Span, document_sentences, load_document
from qa.index import Index, load_embedder
from qa.reader import Calibrator, Reader
from qa.results import Passage
from qa.retrieval import HybridRetriever

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
        folder: The folder that the question was written over.
        question: The question.
        wanted: The sentences that answer it; none if the folder does not.
        judged: The sentences of the passages.
        passage: The passage that the retriever puts first.
        span_confidence: The confidence of the best span.
    """

    folder: str
    question: str
    wanted: frozenset[Place]
    judged: list[JudgedSentence]
    passage: Passage
    span_confidence: float


def place(sentence: JudgedSentence) -> Place:
    """Return where a sentence is."""
    return sentence.document.id, sentence.span


def documents(folder: str) -> list[Document]:
    """Return the documents of a folder."""
    if folder == "structured":
        paths = [path for path in (HERE.parent / "structured").iterdir() if path.stem in STRUCTURED]
    else:
        paths = sorted((HERE.parent.parent / "corpus" if folder == "corpus" else HERE / folder).iterdir())
    return [load_document(path) for path in paths if path.is_file() and path.suffix in {".md", ".txt"}]


def ask(half: str) -> Iterator[Asked]:
    """Ask the questions of one half, each of its own folder and of another one."""
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
                row["folder"],
                question,
                frozenset(_wanted(texts[folder], words)),
                judge(retriever.sentences(question), candidates),
                passages[0],
                best[0].probability if best else 0.0,
            )


def _wanted(texts: Sequence[Document], words: Sequence[str]) -> Iterator[Place]:
    """Yield the sentence that contains each of the given words.

    Raises:
        ValueError: no sentence or several contain them.
    """
    for some in words:
        found = [
            (document.id, span)
            for document in texts
            for span in document_sentences(document)
            if some in document[span]
        ]
        if len(found) != 1:
            raise ValueError(f"{some!r} is in {len(found)} sentences")
        yield found[0]


def rated(asked: Asked, model: LogisticModel) -> list[tuple[float, JudgedSentence]]:
    """Return the sentences with their probabilities."""
    return [(model.probability(one.features), one) for one in asked.judged]


def sentence_f1(chosen: Iterable[Place], wanted: frozenset[Place]) -> float:
    """Return the F1, 0 to 1, of the chosen sentences."""
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


def is_right(asked: Asked, model: LogisticModel) -> bool:
    """Return whether the chosen sentences are right: none if the folder does not answer."""
    return sentence_f1(map(place, choice(rated(asked, model))[0]), asked.wanted) >= RIGHT_F1
