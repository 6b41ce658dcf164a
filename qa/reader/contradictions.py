"""Contradictions: answers whose sentence says the opposite of the question, or measures something else.

"The minimum age is sixteen" does not answer a question about the maximum age, and "4,200 metres long" does
not say how wide something is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from qa.documents import sentence_at
from qa.index import word_stems
from qa.reader.calibration import ScoredAnswer, by_probability

CONFIDENCE = 0.2
"""The highest confidence of such an answer."""

# Measured on training data: for 0.2% of the questions with an answer, its sentence has the opposite of a
# word of the question and not the word itself; for questions without an answer, it is 4%.
_ROLES = """
    arrival departure, arrive depart, arrive leave, arrive left, began ended, best worst, borrower lender,
    bought sold, boys girls, brother sister, buy sell, buyer seller, cheapest dearest, coldest warmest,
    create destroy, current former, daughter son, debit credit, departs arrives, domestic foreign, earliest
    latest, early late, east west, eastern western, employer employee, ended started, enter exit, entry exit,
    expense income, export import, external internal, fastest slowest, father mother, female male, fewest
    most, final initial, finish start, first last, gross net, guest host, heaviest lightest, higher lower,
    highest lowest, horizontal vertical, husband wife, inner outer, inside outside, landlord tenant, larger
    smaller, largest smallest, least most, lends borrows, longer shorter, longest shortest, loss profit,
    maximum minimum, men women, new old, newest oldest, next previous, north south, northern southern, older
    younger, oldest youngest, strongest weakest, student teacher, summer winter, upper lower, weekday
    weekend, widest narrowest, winner loser
"""
_STATES = """
    absent present, accept reject, active passive, add remove, admitted discharged, agree disagree, always
    never, ancient modern, approve reject, cheap expensive, clean dirty, close open, cold hot, common rare,
    complex simple, decrease increase, difficult easy, empty full, exclude include, guilty innocent, high
    low, hired fired, indoor outdoor, large small, negative positive, optional mandatory, permanent
    temporary, permitted prohibited, private public, quick slow
"""
"""Not contradictions for yes/no questions, which the opposite answers: "Is it open?", "It is closed"."""
_MEASURES = (
    ("deep",),
    ("far",),
    ("heavy",),
    ("high", "tall"),
    ("long",),
    ("old",),
    ("thick",),
    ("wide", "broad"),
)

_MEASURE_OF = {word: words for words in _MEASURES for word in words}
_ASKED = re.compile(rf"\bhow\s+({'|'.join(_MEASURE_OF)})\b", re.IGNORECASE)
_ANY_MEASURE = re.compile(rf"\b({'|'.join(_MEASURE_OF)})\b", re.IGNORECASE)
_TO = re.compile(r"\b(?:to|from)\s+(?:the\s+|an?\s+)?$", re.IGNORECASE)


def with_contradictions(
    question: str, answers: Sequence[ScoredAnswer], *, is_yes_no: bool = False
) -> list[ScoredAnswer]:
    """Lower the probability of answers that contradict the question, and sort by probability.

    Args:
        question: The question.
        answers: The answers.
        is_yes_no: Whether it is a yes/no question, which the opposite of a state answers.
    """
    return by_probability(
        answer.at_most(CONFIDENCE)
        if answer.probability > CONFIDENCE and _contradicts(question, answer, is_yes_no=is_yes_no)
        else answer
        for answer in answers
    )


def _contradicts(question: str, answer: ScoredAnswer, *, is_yes_no: bool) -> bool:
    document, span = answer.candidate.passage.document, answer.candidate.span
    sentence = sentence_at(document, span)
    before, after = document.text[sentence.start : span.start], document.text[span.end : sentence.end]
    return contradicts(question, before, answer.candidate.text, after, is_yes_no=is_yes_no)


def contradicts(question: str, before: str, answer: str, after: str, *, is_yes_no: bool = False) -> bool:
    """Return whether an answer contradicts a question.

    Args:
        question: The question.
        before: The answer's sentence up to the answer.
        answer: The answer.
        after: The rest of the sentence.
        is_yes_no: As for `with_contradictions`.
    """
    pairs = _opposites(_ROLES if is_yes_no else _ROLES + "," + _STATES)
    is_opposite = _is_opposite(question, before + answer + after, pairs) and _TO.search(before) is None
    return is_opposite or _is_other_measure(question, answer, after)


@cache
def _opposites(words: str) -> dict[str, set[str]]:
    """Return the opposites of each word, all as stems, from comma-separated pairs."""
    pairs: dict[str, set[str]] = {}
    for pair in words.split(","):
        one, other = word_stems(pair)
        pairs.setdefault(one, set()).add(other)
        pairs.setdefault(other, set()).add(one)
    return pairs


def _is_opposite(question: str, sentence: str, pairs: Mapping[str, set[str]]) -> bool:
    """Return whether a sentence has the opposite of a word of the question, but not the word itself."""
    asked, said = set(word_stems(question)), set(word_stems(sentence))
    opposites = {other for word in asked - said for other in pairs.get(word, ())}
    return not opposites.isdisjoint(said - asked)


def _is_other_measure(question: str, answer: str, after: str) -> bool:
    """Return whether a question asks for one measure, such as width, and the answer states another."""
    asked = _ASKED.search(question)
    if asked is None:
        return False
    told = {match[1].lower() for match in _ANY_MEASURE.finditer(f"{answer} {' '.join(after.split()[:1])}")}
    return bool(told) and told.isdisjoint(_MEASURE_OF[asked[1].lower()])
