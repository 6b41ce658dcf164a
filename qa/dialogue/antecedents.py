"""Antecedents: what a pronoun refers to, found among the names and things of the earlier turns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from qa.dialogue.sections import section_request
from qa.dialogue.words import (
    AUXILIARIES,
    FUNCTION_WORDS,
    IMPERATIVES,
    PREPOSITIONS,
    WORD,
    is_title,
    names,
    without_possessive,
    word_set,
)

Kind: TypeAlias = Literal["person", "several", "thing"]

# How likely a pronoun refers to a name in that position. Chosen on one half of CANARD, see
# benchmarks/followups.py; nearby values do equally well.
IN_QUESTION = 2.0
ASKED_FOR = 2.2  # the answer to "Who ...?" without another name
BOTH = 3.0  # the person that such a question names, together with its answer
SUBJECT = 1.5  # of a sentence of the answer
FIRST_IN_ANSWER = 0.5
IN_ANSWER = 0.3
TITLE = 1.0  # a document's title that is a name
GOVERNED = 0.4  # by a preposition
PERSON = 0.2  # for "it", if the name was the answer to "Who ...?"
FADING = 0.8  # with each turn

KINDS: dict[str, Kind] = {
    **dict.fromkeys(word_set("he him his himself she her hers herself"), "person"),
    **dict.fromkeys(word_set("they them their theirs themselves"), "several"),
    **dict.fromkeys(word_set("it its itself"), "thing"),
}
"""What kind of thing each pronoun refers to."""

_ASKED = re.compile(r"\s*(?:and |so |but )?who\b", re.IGNORECASE)
_COUNTED = re.compile(r"\s*how many ([a-z]+s|people|men|women|children)\b", re.IGNORECASE)
_THING = re.compile(r"\b(?:the|a|an|this|that)\b", re.IGNORECASE)
_COUNTING = word_set("many much")
_TITLE_END = re.compile(r"\s*[(–—:].*")


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question and its answer.

    Attributes:
        question: The question as it was read, completed if it was a follow-up.
        answer: The answer's words; "" if there was none.
        context: The text around the answer, a sentence or more; "" if there was none.
        title: The title of the document with the answer; "" if there was none.
    """

    question: str
    answer: str = ""
    context: str = ""
    title: str = ""


def antecedent(kind: Kind, history: Sequence[Exchange]) -> str:
    """Return the words that a pronoun refers to; "" if the exchanges have none."""
    weights: dict[str, float] = {}
    title = _TITLE_END.sub("", history[-1].title).strip() if history else ""
    if list(names(title)) == [(0, len(title))]:
        weights[title] = TITLE
    for distance, exchange in enumerate(reversed(history)):
        for name, weight in _mentions(kind, exchange):
            weights[name] = weights.get(name, 0.0) + weight * FADING**distance
    if kind == "thing":  # of things without a name the latest counts, and none from another document
        spoken_of = next((one.title for one in reversed(history) if one.title), "")
        for distance, exchange in enumerate(reversed(history)):
            for name, weight in _things(exchange) if exchange.title in {"", spoken_of} else ():
                weights[name] = max(weights.get(name, 0.0), weight * FADING**distance)
        # A person is hardly ever "it".
        for person in _persons(history):
            weights[person] = weights.get(person, 0.0) * PERSON
    totals: dict[str, float] = {}
    for name, weight in weights.items():  # a last name counts for the whole name
        longer = [other for other in weights if other != name and other.endswith(f" {name}")]
        whole = max(longer, key=len) if longer else name
        totals[whole] = totals.get(whole, 0.0) + weight
    return max(totals, key=lambda name: totals[name]) if totals else ""


def _mentions(kind: Kind, exchange: Exchange) -> Iterator[tuple[str, float]]:
    """Yield the names and things of an exchange, each with how likely a pronoun refers to it."""
    question, answer = exchange.question, exchange.answer.strip()
    in_question = [span for span in names(question) if _is_name(question, *span)]
    if kind == "thing" and section_request(question) is not None:
        in_question = []  # a heading
    for start, end in in_question:
        name = without_possessive(question[start:end])
        name = _full_name(name, exchange.context) if kind == "person" else _article(question, start) + name
        yield name, IN_QUESTION * _fit(kind, question, start, end)
    if kind == "several" and in_question and _ASKED.match(question):
        subject, other = question[slice(*in_question[0])], answer[slice(*next(names(answer), (0, 0)))]
        if other and _fit(kind, question, *in_question[0]) >= 1:
            yield f"{_full_name(subject, exchange.context)} and {other}", BOTH
    for position, (start, end) in enumerate(names(answer)):
        weight = IN_ANSWER
        if kind == "person" and start == 0 and not in_question and _ASKED.match(question):
            weight = ASKED_FOR
        elif _is_subject(answer, start, end):
            weight = SUBJECT
        elif position == 0 and len(answer[:start].split()) <= 1:
            weight = FIRST_IN_ANSWER
        name = without_possessive(answer[start:end])
        name = name if kind == "person" else _article(answer, start) + name
        yield name, weight * _fit(kind, answer, start, end)
    counted = _COUNTED.match(question)
    if kind == "several" and counted is not None:
        yield f"the {counted[1]}", IN_QUESTION


def _is_name(question: str, start: int, end: int) -> bool:
    """Whether a capitalised word is a name, which it is not in "Show me ..." and "How many Members ..."."""
    if start == 0 and question[:end].lower() in IMPERATIVES:
        return False
    return "".join(question[:start].lower().split()[-1:]) not in _COUNTING


def _persons(history: Sequence[Exchange]) -> Iterator[str]:
    """Yield the names that were answers to "Who ...?"."""
    for exchange in history:
        for start, end in names(exchange.answer):
            if _ASKED.match(exchange.question):
                yield without_possessive(exchange.answer[start:end])


def _fit(kind: Kind, text: str, start: int, end: int) -> float:
    """Return how well a name goes with a kind of pronoun, by the word before it and its form."""
    name, before = text[start:end], text[:start].lower().split()
    has_article = before[-1:] == ["the"]
    governed = bool(set(before[-2:] if has_article else before[-1:]) & PREPOSITIONS)
    if kind == "person" and (has_article or any(letter.isdigit() for letter in name)):
        return 0.2
    if governed:
        return GOVERNED
    if kind == "several":
        return 1.5 if has_article or name.endswith("s") or " and " in name else 1.0
    return 2.0 if kind == "thing" and text[start - 1 : start] in {'"', "“"} else 1.0


def _article(text: str, start: int) -> str:
    """Return "the " if it precedes a name."""
    return "the " if text[:start].lower().endswith("the ") else ""


def _is_subject(text: str, start: int, end: int) -> bool:
    """Whether a name may be the subject: no preposition precedes it, and the next word may be a verb."""
    before, after = text[:start].split(), WORD.match(text, end + 1)
    if after is None or text[end] != " " or (before and before[-1].lower() in PREPOSITIONS):
        return False
    word = after.group()
    return word.islower() and (word in AUXILIARIES or word not in FUNCTION_WORDS)


def _things(exchange: Exchange) -> Iterator[tuple[str, float]]:
    """Yield the phrases with an article in a question that also occur around the answer, with weights."""
    if section_request(exchange.question) is not None:
        return
    context = " ".join(exchange.context.lower().split())
    for article in _THING.finditer(exchange.question):
        words = list(WORD.finditer(exchange.question, article.end()))
        phrase = ""
        for word in words[:4]:
            longer = exchange.question[words[0].start() : word.end()]
            in_context = re.search(rf"\b{re.escape(longer.lower())}\b", context)
            if word.group().lower() in FUNCTION_WORDS or in_context is None:
                break
            phrase = longer
        if phrase:
            before = "".join(exchange.question[: article.start()].lower().split()[-1:])
            yield f"the {phrase}", IN_QUESTION * (GOVERNED if before in PREPOSITIONS else 1.0)


def _full_name(name: str, context: str) -> str:
    """Return a last name with the first name that precedes it in the text around the answer, if any."""
    first = re.search(rf"([^\W\d_]+)\s+{re.escape(name)}\b", context)
    if " " in name or first is None or not first[1][0].isupper():
        return name
    return name if is_title(first[1]) or first[1].lower() in FUNCTION_WORDS else f"{first[1]} {name}"
