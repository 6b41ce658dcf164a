"""The questions for training and calibration, and which of them are held out."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from qa.documents import sentences

#: Sources that are parts of SQuAD: they share paragraphs, so they are held out together.
SQUAD = (
    "squad_train",
    "squad_train_linked",
    "squad_train_cs224n_val",
    "squad_train_extra",
    "squad2_train_unansq",
    "squad2_train_unansq_dev",
    "squad2_train_maorlavi",
)
#: Sentences of SQuAD's paragraphs with their questions.
SQUAD_SENTENCES = "squad_train_sentences"
OTHERS = (
    "squadshifts_new_wiki",
    "squadshifts_reddit",
    "squadshifts_amazon",
    "afriqa",
    "nq_maorlavi",
    "tydiqa_english",
    "newsqa_val_windows",
    "newsqa_sample_windows",
    "qed_dev",
    "ace_whqa",
    "covidqa_windows",
    "repliqa_windows",
)
SOURCES = (*SQUAD, SQUAD_SENTENCES, *OTHERS)

HELD_OUT_IN = 8  # one article or paragraph in eight is never trained on
NO_TITLE = re.compile(r"|CNN|Filtered_Reddit.*|wiki.*")  # titles that say nothing


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a context, with its annotators' answers as (start, end) characters.

    Unanswerable questions have no answers. `article` is the unit by which questions are held out: the title
    where the source has one, else the paragraph.
    """

    source: str
    article: str
    text: str
    context: str
    answers: tuple[tuple[int, int], ...]
    id: str = ""

    @property
    def answer_texts(self) -> list[str]:
        """The text of each answer."""
        return [self.context[start:end] for start, end in self.answers]

    def may_be_answered_by(self, text: str) -> bool:
        """Return whether the text of an answer occurs in `text`, in any case."""
        lowered = text.lower()
        return any(answer.lower() in lowered for answer in self.answer_texts)

    @property
    def held_out(self) -> bool:
        """Whether the question is kept from training (an eighth, by a digest of its article)."""
        return digest(self.article) % HELD_OUT_IN == 0


def load(folder: Path, source: str) -> list[Question]:
    """Read all questions of `folder/source.jsonl.gz`; unanswerable ones have no answers."""
    with gzip.open(folder / f"{source}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Question(
            source,
            paragraph_key(row["context"]) if NO_TITLE.fullmatch(row["title"] or "") else row["title"],
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


def load_all(folder: Path, sources: Iterable[str] = SOURCES) -> list[Question]:
    """Read the questions of many sources, each once, with the same articles in all parts of SQuAD.

    A paragraph whose title one part of SQuAD has gets it in every part. A sentence belongs to the article of
    its paragraph.
    """
    questions = [question for source in sources for question in load(folder, source)]
    articles: dict[str, str] = {}
    for question in questions:
        key = paragraph_key(question.context)
        if question.source in SQUAD and (question.article != key or key not in articles):
            articles[key] = question.article
    if SQUAD_SENTENCES in sources:
        for paragraph in {question.context for question in questions if question.source in SQUAD}:
            for span in sentences(paragraph):
                sentence = paragraph_key(paragraph[span.start : span.end])
                articles.setdefault(sentence, articles[paragraph_key(paragraph)])
    seen: set[tuple[str, str]] = set()
    unique = []
    for question in questions:
        key = paragraph_key(question.context)
        if (key, asked := question.text.casefold().rstrip("? ")) in seen:
            continue
        seen.add((key, asked))
        in_squad = question.source in SQUAD or question.source == SQUAD_SENTENCES
        article = articles.get(key, question.article) if in_squad else question.article
        unique.append(replace(question, article=article))
    return unique


def paragraph_key(context: str) -> str:
    """Return the letters and digits of a paragraph, which do not depend on its case and spacing."""
    return re.sub(r"[^a-z0-9]+", "", context.lower())


def digest(text: str) -> int:
    """Return a number that is the same for equal texts on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
