"""Structure benchmark: sections that say the same about different things, tables and lists.

    python -m benchmarks.structure [--half tune|report] [--flat] [--size N] [--overlap N] [--read] [--show]
                                  [FOLDER]

FOLDER holds documents and `questions.csv`: the document, a question, its answer, words that occur once in the
document, at the answer, or nothing, and the half that the question belongs to. Tune on one half and report
the other. All documents form one corpus. A passage is right if it contains the words at the answer.

With `--size 40 --overlap 10` the sections of short documents are split into several passages, like those of
long ones. With `--flat`, the documents are texts without titles and blocks, as if they had no structure. With
`--read`, the answers are compared too: right if they are the expected words, or contain them and at most four
others. An answer of several items (`a;b;c`) is complete if it contains all of them. It has a foreign item if
one of its items, or in a sentence one of the parts between commas and "and" or "or", is not among them.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from qa.chatbot import Chatbot
from qa.documents import Document, Sandbox, Span, load_document
from qa.index import Index, load_embedder
from qa.reader import Calibrator, Reader
from qa.results import Answer, Passage
from qa.retrieval import HybridRetriever
from qa.settings import DEFAULTS

FOLDER = Path(__file__).parent / "structured"
EXTRA_WORDS = 4  # that a right answer may have
DEPTH = 30
_BETWEEN_ITEMS = re.compile(r"[,;\n]|\band\b|\bor\b")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the items of its answer, usually one, and where the answer is, if known."""

    text: str
    items: tuple[str, ...]
    document: str
    place: Span | None


def load(folder: Path, half: str | None = None) -> tuple[list[Document], list[Question]]:
    """Read the documents of a folder, and its questions or a half of them.

    Raises:
        ValueError: The words at an answer do not occur in its document exactly once.
    """
    questions = []
    with (folder / "questions.csv").open(encoding="utf-8", newline="") as file, Sandbox() as sandbox:
        rows = list(csv.DictReader(file))
        names = sorted({row["document"] for row in rows})
        documents = {name: load_document(folder / name, sandbox=sandbox) for name in names}
    for row in rows:
        place = _place(documents[row["document"]], row["context"]) if row["context"] else None
        if half in (None, row["half"]):
            items = tuple(row["answer"].split(";"))
            questions.append(Question(row["question"], items, row["document"], place))
    return list(documents.values()), questions


def _place(document: Document, words: str) -> Span:
    if document.text.count(words) != 1:
        raise ValueError(f"{words!r} is {document.text.count(words)} times in {document.id}")
    start = document.text.index(words)
    return Span(start, start + len(words))


def rank(passages: Sequence[Passage], question: Question) -> int:
    """Return the rank, from 1, of the first right passage; `DEPTH` + 1 if there is none."""
    for number, passage in enumerate(passages, start=1):
        is_there = question.place is None or passage.span.contains(question.place)
        if passage.document.id == question.document and is_there:
            return number
    return DEPTH + 1


def is_right(answer: Answer, question: Question) -> bool:
    """Return whether an answer contains all expected items and, for a single item, few other words."""
    if len(question.items) > 1:
        return all(_holds(_words(answer.text), _words(item)) for item in question.items)
    found, wanted = _words(answer.text), _words(question.items[0])
    return len(found) - len(wanted) <= EXTRA_WORDS and _holds(found, wanted)


def has_foreign(answer: Answer, question: Question) -> bool:
    """Return whether an answer of several items has one that is not expected."""
    shown = [answer.document[item] for item in answer.items] or _BETWEEN_ITEMS.split(answer.text)
    expected = [_words(item) for item in question.items]
    return any(
        words and not any(_holds(words, item) or _holds(item, words) for item in expected)
        for words in map(_words, shown)
    )


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _holds(found: Sequence[str], wanted: Sequence[str]) -> bool:
    return any(found[start : start + len(wanted)] == wanted for start in range(len(found) - len(wanted) + 1))


def main() -> None:
    """Print shares of questions."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--half", choices=["tune", "report"], help="ask only these questions")
    parser.add_argument(
        "--flat", action="store_true", help="without titles, headings, lists, tables and labels"
    )
    parser.add_argument("--read", action="store_true", help="also answer the questions (slow)")
    parser.add_argument("--show", action="store_true", help="print what fails")
    parser.add_argument("--size", type=int, default=DEFAULTS.chunk_size, help="tokens of a passage, at most")
    parser.add_argument("--overlap", type=int, default=DEFAULTS.chunk_overlap, help="tokens neighbours share")
    options = parser.parse_args()
    documents, questions = load(options.folder, options.half)
    if options.flat:
        documents = [Document(document.id, document.text) for document in documents]
    embedder = load_embedder()
    index = Index.build(documents, embedder, size=options.size, overlap=options.overlap)
    bot = Chatbot(HybridRetriever(index, embedder), Reader.load(), Calibrator.load())
    ranks: list[int] = []
    right = wrong = foreign = 0
    for question in tqdm(questions, desc="questions", disable=None):
        ranks.append(rank(bot.retriever.retrieve(question.text, DEPTH), question))
        if options.show and ranks[-1] > 1:
            print(f"rank {ranks[-1]}: {question.text}")
        if not options.read:
            continue
        answer = bot.ask(question.text).answer
        good = answer is not None and is_right(answer, question)
        right += good
        wrong += answer is not None and not good
        strange = answer is not None and len(question.items) > 1 and has_foreign(answer, question)
        foreign += strange
        if options.show and (strange or not good):
            print(f"{question.document}: {question.text} {';'.join(question.items)!r}: {_shown(answer)}")
    print(f"{len(documents)} documents, {len(index)} passages, {len(questions)} questions")
    for depth in (1, 2, 5):
        print(f"right passage among the first {depth}: {_share(sum(r <= depth for r in ranks), questions)}")
    if options.read:
        print(f"answered right {_share(right, questions)}, wrong {_share(wrong, questions)}")
        print(f"with a foreign item {_share(foreign, questions)}")


def _shown(answer: Answer | None) -> str:
    if answer is None:
        return "no answer"
    words = [answer.document[item] for item in answer.items] or answer.text
    return f"{words!r} ({answer.confidence:.2f})"


def _share(count: int, questions: Sequence[Question]) -> str:
    return f"{count / len(questions):.1%}"


if __name__ == "__main__":
    main()
