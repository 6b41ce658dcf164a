"""Paragraphs changed under a question that stays as people asked it.

A question changed by rule sounds odd, and a reader learns to recognise it by that. Here the paragraph loses
its answer instead, and the question stays as it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from qa.documents import Span, sentence_around
from training.opposites import OPPOSITE
from training.questions import Question
from training.unanswerable import NUMBER, names_in

_PREPOSITION = (
    r",? \b(?:in|at|on|by|from|with|for|during|since|near|until|through|under|via|because of|due to|after"
    r"|before|between|among|into|about|around|within)"
    r"(?: (?:the|a|an|about|around|early|late|its|his|her|their))* ?"
)
_BEGINS_PHRASE = re.compile(rf"(?:{_PREPOSITION}|, (?:the |an? )?| ?\()$", re.IGNORECASE)
_ENDS_PHRASE = re.compile(
    r"(?=$|[,.;]"
    r"| (?:in|at|on|by|from|with|for|to|and|or|but|was|were|is|are|has|had|that|which|who|as|when|where)\b)"
)
_CLOSES = re.compile(r"\)")
LONGEST_PHRASE = 60  # characters of an answer that is left out


def changed(question: Question, rng: random.Random) -> str | None:
    """Return the paragraph changed so that it no longer answers the question, or None."""
    ways = [exchanged, opposed, untold]
    for way in rng.sample(ways, len(ways)):
        made = way(question, rng)
        if made is not None:
            return made
    return None


def exchanged(question: Question, rng: random.Random) -> str | None:
    """Swap a name or number of the answer's sentence with another one, throughout the paragraph.

    The question then asks about one of them, and the sentence is about the other.
    """
    sentence = _answer_sentence(question)
    said = question.context[sentence.start : sentence.end]
    pairs = []
    for found in (names_in, _numbers_in):
        asked = {name for _, name in found(question.text)}
        elsewhere = {name for _, name in found(question.context)}
        elsewhere = {
            name for name in elsewhere if not set(name.split()) & set(re.findall(r"[\w'’.,-]+", said))
        }
        pairs += [
            (one, other)
            for one in sorted(asked)
            for other in sorted(elsewhere)
            if _whole(one).search(said) and other.lower() not in question.text.lower()
        ]
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    swap = {one: other, other: one}
    pattern = re.compile("|".join(_whole(name).pattern for name in sorted(swap, key=len, reverse=True)))
    return pattern.sub(lambda match: swap[match.group()], question.context)


def opposed(question: Question, rng: random.Random) -> str | None:
    """Turn a word near the answer, which is also in the question, into its opposite."""
    sentence = _answer_sentence(question)
    asked = OPPOSITE.keys() & re.findall(r"\w+", question.text)
    answers = [Span(*answer) for answer in question.answers]
    words = [
        word
        for word in re.compile(r"\b[a-z]{2,}\b").finditer(question.context, sentence.start, sentence.end)
        if word.group() in asked and not any(answer.overlaps(Span(*word.span())) for answer in answers)
    ]
    if not words:
        return None
    word = rng.choice(words)
    return question.context[: word.start()] + OPPOSITE[word.group()] + question.context[word.end() :]


def untold(question: Question, rng: random.Random) -> str | None:
    """Leave out the phrase that answers ("built in 1822 by"), if what remains is a sentence."""
    start, end = min(question.answers)[0], max(last for _, last in question.answers)
    sentence = _answer_sentence(question)
    phrase = _BEGINS_PHRASE.search(question.context, sentence.start, start)
    if phrase is None or end > sentence.end or end - start > LONGEST_PHRASE:
        return None
    closes = (_CLOSES if "(" in phrase.group() else _ENDS_PHRASE).match(question.context, end)
    if closes is None or phrase.start() <= sentence.start:
        return None
    rest = question.context[: phrase.start()] + question.context[closes.end() :]
    return None if question.may_be_answered_by(rest) else rest


def laid_out(question: Question, other: str, rng: random.Random) -> Question:
    """Return the question on its paragraph under a heading or beside another paragraph."""
    draw = rng.randrange(3)
    if draw == 2:
        return replace(question, context=f"{question.context}\n\n{other}")
    before = f"# {' '.join(other.split()[:4])}\n\n" if draw == 0 else f"{other}\n\n"
    answers = tuple((start + len(before), end + len(before)) for start, end in question.answers)
    return replace(question, context=before + question.context, answers=answers)


def _answer_sentence(question: Question) -> Span:
    return sentence_around(question.context, Span(*question.answers[0]))


def _numbers_in(text: str) -> Sequence[tuple[int, str]]:
    return [(match.start(), match.group()) for match in NUMBER.finditer(text) if match.start() > 0]


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
