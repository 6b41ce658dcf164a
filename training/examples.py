"""One pass over the questions as windows of token ids: what is read, how often, and beside what."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training import contexts, unanswerable
from training.questions import Question

#: How often one pass reads a question of a source, if not once.
ANSWERABLE = {"squadshifts_reddit": 0.5, "squadshifts_amazon": 0.5}
UNANSWERABLE = {
    "squad_train": 2.0,
    "squad2_train_unansq": 2.0,
    "squad2_train_unansq_dev": 2.0,
    "squad2_train_maorlavi": 2.0,
    "repliqa_windows": 0.3,
}
#: Shares of the answerable questions that are read once more, changed.
WRONG_PARAGRAPH = 0.04  # on a paragraph that BM25 confuses with the right one
BESIDE_WRONG = 0.06  # on the right one with two wrong ones, under one normalisation
CHANGED_QUESTION = 0.08  # asked for what the paragraph does not say, if a rule applies
NEAR_MISS = 0.6  # asked for another measure or role, if the question has one
CHANGED_CONTEXT = 0.05  # on the paragraph without the answer, if a rule applies
LAID_OUT = 0.06  # under a heading or beside another paragraph

MAX_QUESTION_TOKENS = 48
MAX_TOKENS = 320


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids (length,) of a question and a context, and votes for the first and last token of answers."""

    ids: NDArray[np.uint16]
    context_start: int
    starts: dict[int, float]
    ends: dict[int, float]


Group = list[Window]  # windows read under one normalisation: those of one question


def one_pass(questions: Sequence[Question], tokenizer: Tokenizer, seed: int) -> list[Group]:
    """Return one pass over the questions; the seed decides which are drawn and changed."""
    rng = random.Random(seed)
    drawn = [question for question in questions for _ in range(_times(question, rng))]
    answerable = [question for question in drawn if question.answers]
    wrong_paragraphs = unanswerable.WrongParagraphs(questions)
    some = rng.sample(answerable, round(len(answerable) * (WRONG_PARAGRAPH + BESIDE_WRONG)))
    beside = set(range(round(len(answerable) * BESIDE_WRONG)))
    read: list[tuple[Question, list[str]]] = [(question, []) for question in drawn]
    for number, (question, wrong) in enumerate(zip(some, wrong_paragraphs.of(some), strict=True)):
        if number in beside:
            read.append((question, rng.sample(wrong, min(2, len(wrong)))))
        elif wrong:
            read.append((replace(question, context=rng.choice(wrong), answers=()), []))
    for question in answerable:
        for share, change in ((CHANGED_QUESTION, unanswerable.changed), (NEAR_MISS, unanswerable.near_miss)):
            text = change(question, rng) if rng.random() < share else None
            if text is not None:
                read.append((replace(question, text=text, answers=()), []))
        if rng.random() < CHANGED_CONTEXT:
            context = contexts.changed(question, rng)
            if context is not None:
                read.append((replace(question, context=context, answers=()), []))
    groups = []
    for question, beside_it in read:
        if rng.random() < LAID_OUT:
            question = contexts.laid_out(question, rng.choice(wrong_paragraphs.contexts), rng)
        group = list(
            _windows(tokenizer, replace(question, text=as_typed(question.text, rng)), beside_it, rng)
        )
        if group[0].starts or not question.answers:
            groups.append(group)
    return groups


def _times(question: Question, rng: random.Random) -> int:
    times = (ANSWERABLE if question.answers else UNANSWERABLE).get(question.source, 1.0)
    return int(times) + (rng.random() < times % 1)


def as_typed(question: str, rng: random.Random) -> str:
    """Return the question as people type it: sometimes without question mark, or with a typing error."""
    if rng.random() < 0.25:
        question = question.rstrip("?. ")
    words = [match for match in re.finditer(r"[A-Za-z]{5,}", question) if match.start() > 0]
    if words and rng.random() < 0.05:
        word = rng.choice(words)
        slip = rng.randrange(word.start() + 1, word.end() - 1)
        one, two = question[slip], question[slip + 1]
        question = question[:slip] + rng.choice((two, one + one + two, two + one)) + question[slip + 2 :]
    return question


def _windows(
    tokenizer: Tokenizer, question: Question, wrong: Sequence[str], rng: random.Random
) -> Iterator[Window]:
    """Yield the window of the question's context, then those of wrong paragraphs.

    A long context becomes a random window that contains one whole answer.
    """
    cls, sep = tokenizer.encode("").ids
    asked = tokenizer.encode(question.text, add_special_tokens=False).ids
    prefix = [cls, *asked[:MAX_QUESTION_TOKENS], sep]
    room = MAX_TOKENS - len(prefix) - 1
    for context, answers in ((question.context, question.answers), *((context, ()) for context in wrong)):
        encoded = tokenizer.encode(context, add_special_tokens=False)
        spans = []
        for start, end in answers:
            first, last = encoded.char_to_token(start), encoded.char_to_token(end - 1)
            if first is not None and last is not None and last - first < room:
                spans.append((first, last))
        low = 0
        if len(encoded.ids) > room:
            first, last = rng.choice(spans) if spans else (0, len(encoded.ids) - 1)
            lowest, highest = max(0, last - room + 1), min(first, len(encoded.ids) - room)
            low = rng.randint(min(lowest, highest), max(lowest, highest))
        inside = [(first - low, last - low) for first, last in spans if first >= low and last < low + room]
        starts: dict[int, float] = {}
        ends: dict[int, float] = {}
        for first, last in inside:
            starts[len(prefix) + first] = starts.get(len(prefix) + first, 0.0) + 1 / len(inside)
            ends[len(prefix) + last] = ends.get(len(prefix) + last, 0.0) + 1 / len(inside)
        ids = np.array([*prefix, *encoded.ids[low : low + room], sep], np.uint16)
        yield Window(ids, len(prefix), starts, ends)


def load_tokenizer(base: Path) -> Tokenizer:
    """Load the tokenizer of a base model, without its truncation and padding."""
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
