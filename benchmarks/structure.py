"""Structure benchmark: does the right passage come first in manuals, handbooks and tables?

    python -m benchmarks.structure [--size N] [--overlap N] [--read] [--show] [FOLDER]

FOLDER holds documents and `questions.csv`: the document, a question, its answer, and words that stand once
in the document, at the answer. All documents form one corpus. A passage is right if it holds those words.
The documents are short: with `--size 40 --overlap 10` their sections take several passages, as those of long
documents do.
With `--read`, the answers are compared too: right if the words are the expected ones, or hold them with at
most four others.
"""

from __future__ import annotations

import argparse
import csv
import re
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from qa.chatbot import Chatbot
from qa.documents import Document, Sandbox, Span, load_document
from qa.index import Index, load_embedder
from qa.reader import Calibrator, Reader
from qa.results import Passage
from qa.retrieval import Retriever
from qa.settings import DEFAULTS

FOLDER = Path(__file__).parent / "structured"
EXTRA_WORDS = 4  # of an answer that is right
DEPTH = 30


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its answer, and where that stands."""

    text: str
    answer: str
    document: str
    place: Span


def load(folder: Path) -> tuple[list[Document], list[Question]]:
    """Read the documents and questions of a folder.

    Raises:
        ValueError: The words at an answer do not stand in its document exactly once.
    """
    questions = []
    with (folder / "questions.csv").open(encoding="utf-8", newline="") as file, Sandbox() as sandbox:
        rows = list(csv.DictReader(file))
        names = sorted({row["document"] for row in rows})
        documents = {name: load_document(folder / name, sandbox=sandbox) for name in names}
    for row in rows:
        text, words = documents[row["document"]].text, row["context"]
        if text.count(words) != 1:
            raise ValueError(f"{words!r} is {text.count(words)} times in {row['document']}")
        start = text.index(words)
        place = Span(start, start + len(words))
        questions.append(Question(row["question"], row["answer"], row["document"], place))
    return list(documents.values()), questions


def rank(passages: tuple[Passage, ...], question: Question) -> int:
    """Return the rank, from 1, of the first right passage; `DEPTH` + 1 if there is none."""
    for number, passage in enumerate(passages, start=1):
        if passage.document.id == question.document and passage.span.contains(question.place):
            return number
    return DEPTH + 1


def is_right(answer: str, expected: str) -> bool:
    """Return whether an answer has the words of the expected one and at most `EXTRA_WORDS` others."""
    found, wanted = (re.findall(r"[^\W_]+", words.casefold()) for words in (answer, expected))
    starts = range(len(found) - len(wanted) + 1)
    return len(found) - len(wanted) <= EXTRA_WORDS and any(
        found[start : start + len(wanted)] == wanted for start in starts
    )


def main() -> None:
    """Print shares of questions."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--read", action="store_true", help="also answer the questions (slow)")
    parser.add_argument("--show", action="store_true", help="print what fails")
    parser.add_argument("--size", type=int, default=DEFAULTS.chunk_size, help="tokens of a passage, at most")
    parser.add_argument("--overlap", type=int, default=DEFAULTS.chunk_overlap, help="tokens neighbours share")
    options = parser.parse_args()
    documents, questions = load(options.folder)
    embedder = load_embedder()
    index = Index.build(documents, embedder, size=options.size, overlap=options.overlap)
    bot = Chatbot(Retriever(index, embedder), Reader.load(), Calibrator.load())
    ranks, right, wrong = [], 0, 0
    for question in tqdm(questions, desc="questions"):
        ranks.append(rank(bot.retriever.retrieve(question.text, DEPTH), question))
        if options.show and ranks[-1] > 1:
            print(f"rank {ranks[-1]}: {question.text}")
        if options.read:
            reply = bot.ask(question.text)
            good = reply.answer is not None and is_right(reply.answer.text, question.answer)
            right += good
            wrong += reply.answer is not None and not good
            if options.show and not good:
                print(f"{question.text} {question.answer!r}: {reply.answer and reply.answer.text!r}")
    print(f"{len(documents)} documents, {len(bot.retriever.index)} passages, {len(questions)} questions")
    for depth in (1, 2, 5):
        print(f"right passage among the first {depth}: {sum(r <= depth for r in ranks) / len(ranks):.1%}")
    if options.read:
        print(f"answered right {right / len(questions):.1%}, wrong {wrong / len(questions):.1%}")


if __name__ == "__main__":
    main()
