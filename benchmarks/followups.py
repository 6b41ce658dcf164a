"""Follow-up questions: how close the rules come to what people wrote.

    python -m benchmarks.followups FILE [--half tune|report] [--retrieval] [--show N]

FILE is CANARD (Elgohary et al. 2019) as JSON Lines: questions of dialogues with their history, and a person's
rewriting that stands alone. Dialogues are split in halves by a hash. The rules were developed on the half
`tune`; `report` is the other half.

A question stands alone if its rewriting has the same words. Token F1 compares bags of words with the human
rewriting, of the questions that do not stand alone: as typed, with all history in front, and by the rules.
hit@5 is how often the passage ranked first for the human rewriting is among the first five. The passages are
the dialogues' answers, one document per dialogue.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from qa.dialogue import Exchange, stand_alone
from qa.documents import Document

HALVES = ("tune", "report")
HIT_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A question of a dialogue.

    Attributes:
        title: The title of the article.
        dialogue: The title, the section, and the beginning of the dialogue.
        question: The question as typed.
        rewrite: The question as a person rewrote it to stand alone.
        history: The questions as typed and their answers, in turn.
    """

    title: str
    dialogue: str
    question: str
    rewrite: str
    history: tuple[str, ...]

    @property
    def stands_alone(self) -> bool:
        """Return whether the person left the question unchanged."""
        return tokens(self.question) == tokens(self.rewrite)


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return re.findall(r"\w+", text.lower())


def token_f1(text: str, other: str) -> float:
    """Return the F1, 0 to 1, of two texts as bags of words."""
    one, two = Counter(tokens(text)), Counter(tokens(other))
    common = (one & two).total()
    return 2 * common / (one.total() + two.total()) if common else 0.0


def load(path: Path, half: str) -> list[Row]:
    """Return the rows of one half of the dialogues."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        raw = [json.loads(line) for line in file]
    rows = []
    for row in raw:
        first = row["history"][0] if row["history"] else row["question"]
        dialogue = f"{row['title']}. {row['section']}. {first}"
        if HALVES[crc32(dialogue.encode()) % 2] == half:
            rows.append(Row(row["title"], dialogue, row["question"], row["rewrite"], tuple(row["history"])))
    return rows


def rewritten(rows: Sequence[Row], *, title: bool = True) -> list[str]:
    """Return each question as the rules rewrite it, given the earlier ones as rewritten."""
    read: dict[tuple[str, int], str] = {}
    for row in sorted(rows, key=lambda row: (row.dialogue, len(row.history))):
        exchanges = [
            Exchange(
                read.get((row.dialogue, turn), row.history[turn]),
                row.history[turn + 1],
                row.history[turn + 1],
                row.title if title else "",
            )
            for turn in range(0, len(row.history) - 1, 2)
        ]
        read[row.dialogue, len(row.history)] = stand_alone(row.question, exchanges)
    return [read[row.dialogue, len(row.history)] for row in rows]


def hits(rows: Sequence[Row], ways: dict[str, list[str]]) -> dict[str, float]:
    """Return hit@5 for each way of asking."""
    from qa.index import Index, load_embedder
    from qa.retrieval import HybridRetriever

    texts: dict[str, dict[int, str]] = {}
    for row in rows:
        for turn in range(1, len(row.history), 2):
            texts.setdefault(row.dialogue, {})[turn] = row.history[turn]
    documents = [
        Document(
            f"{number}.txt",
            f"{dialogue.rsplit('. ', 1)[0]}\n\n" + "\n".join(answers[turn] for turn in sorted(answers)),
        )
        for number, (dialogue, answers) in enumerate(texts.items())
    ]
    embedder = load_embedder()
    retriever = HybridRetriever(Index.build(documents, embedder), embedder)

    def found(question: str, k: int) -> list[tuple[str, int]]:
        question = " ".join(question.split()[-150:])
        return [(passage.document.id, passage.span.start) for passage in retriever.retrieve(question, k)]

    first = [found(row.rewrite, 1) for row in rows]
    return {
        name: sum(
            gold[0] in found(question, HIT_DEPTH) for gold, question in zip(first, questions, strict=True)
        )
        / len(rows)
        for name, questions in ways.items()
    }


def main() -> None:
    """Print the figures of one half."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--half", choices=HALVES, default="report")
    parser.add_argument("--retrieval", action="store_true", help="measure hit@5 too, which takes minutes")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the N worst questions")
    options = parser.parse_args()

    rows = load(options.file, options.half)
    by_rules = rewritten(rows)
    alone = [(row, read) for row, read in zip(rows, by_rules, strict=True) if row.stands_alone]
    later = [(row, read) for row, read in alone if row.history]
    print(f"{options.half}: {len(rows)} questions of {len({row.dialogue for row in rows})} dialogues")
    for name, pairs in (("stand alone", alone), ("of these, not the first of a dialogue", later)):
        left = sum(row.question.strip() == read for row, read in pairs)
        print(f"{name}: {len(pairs)}, left as they are {left / len(pairs):.1%}")
    dependent = [
        (row, read) for row, read in zip(rows, by_rules, strict=True) if row.history and not row.stands_alone
    ]
    ways: dict[str, Callable[[Row, str], str]] = {
        "as typed": lambda row, read: row.question,
        "all history in front": lambda row, read: " ".join([*row.history, row.question]),
        "rules": lambda row, read: read,
    }
    changed = sum(row.question.strip() != read for row, read in dependent) / len(dependent)
    print(f"do not stand alone: {len(dependent)}, changed {changed:.1%}")
    for name, way in ways.items():
        mean = sum(token_f1(way(row, read), row.rewrite) for row, read in dependent) / len(dependent)
        print(f"token F1, {name}: {mean:.3f}")
    if options.retrieval:
        asked = {name: [way(row, read) for row, read in dependent] for name, way in ways.items()}
        for name, share in hits([row for row, _ in dependent], asked).items():
            print(f"hit@{HIT_DEPTH}, {name}: {share:.1%}")
    for row, read in sorted(dependent, key=lambda pair: token_f1(pair[1], pair[0].rewrite))[: options.show]:
        print(f"\n{row.history[-2:]}\n  typed {row.question}\n  rules {read}\n  human {row.rewrite}")
    for row, read in alone if options.show else []:
        if row.question.strip() != read:
            print(f"\nALONE {row.history[-2:]}\n  typed {row.question}\n  rules {read}")


if __name__ == "__main__":
    main()
