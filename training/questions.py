"""The questions that training and calibration are made from, and which of their articles are kept apart."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

#: Share of each file's questions that one pass reads. Far text less often than near text.
SOURCES = {
    "squad_train": 1.0,
    "squadshifts_new_wiki": 1.0,
    "squadshifts_reddit": 0.6,
    "squadshifts_amazon": 0.6,
    "afriqa": 0.5,
}

HELD_OUT_IN = 10  # one article in ten is never trained on
LEFT_OUT_IN = 3  # one paragraph in three has no place in the corpus that confidence is fitted on


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a context, with the votes of its annotators as (start, end) characters."""

    source: str
    title: str
    text: str
    context: str
    answers: tuple[tuple[int, int], ...]
    id: str = ""

    @property
    def words(self) -> list[str]:
        """Each answer's words, in the order of `answers`."""
        return [self.context[start:end] for start, end in self.answers]

    def may_be_answered_by(self, text: str) -> bool:
        """Whether the words of an answer stand in `text`, in whatever case."""
        lowered = text.lower()
        return any(words.lower() in lowered for words in self.words)

    @property
    def article(self) -> str:
        """What the question's article is known by: its title, or its context where titles say nothing."""
        named = self.title and not self.title.startswith(("Filtered_Reddit", "wiki"))
        return self.title if named else self.context

    @property
    def held_out(self) -> bool:
        """Whether the article is kept from training (a tenth of them, by a digest of the name)."""
        if self.source == "squad_train" and not self.title:
            return False  # cannot be told apart from the articles that are trained on
        return held_out(self.article)


def load(folder: Path, source: str) -> list[Question]:
    """All questions of `folder/source.jsonl.gz`, unanswerable ones with no answers."""
    with gzip.open(folder / f"{source}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Question(
            source,
            row["title"],
            row["question"].strip(),
            row["context"],
            tuple(
                (start, start + len(text))
                for start, text in zip(row["answers"]["answer_start"], row["answers"]["text"], strict=True)
            ),
            row["id"],
        )
        for row in rows
    ]


def held_out(article: str) -> bool:
    """Whether the article of that name is kept from training: one in `HELD_OUT_IN`, by a digest."""
    return _number(article) % HELD_OUT_IN == 0


def left_out(context: str) -> bool:
    """Whether the paragraph is kept out of the corpus when confidence is fitted: a third of them."""
    return _number(context) % LEFT_OUT_IN == 0


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
