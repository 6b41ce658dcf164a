"""Questions changed so that their paragraph no longer answers them.

Questions that people wrote teach most of what "no answer" means. They contain few of the near misses of
everyday documents: another measure of the same thing, another role, another party, another year. These are
made here, and each is read beside its answerable original.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

import bm25s
import Stemmer

from training.opposites import OPPOSITE
from training.questions import Question

#: Measures, each with other words for it. A text that contains any of these may state the measure.
MEASURES = {
    "long": ("length", "lengths"),
    "wide": ("width", "broad", "breadth"),
    "tall": ("high", "height", "stands"),
    "high": ("height", "tall", "altitude", "elevation", "rises"),
    "deep": ("depth", "depths"),
    "old": ("age", "aged", "year-old", "born", "years", "founded", "built"),
    "heavy": ("weight", "weighs", "weighed", "weigh"),
    "thick": ("thickness",),
    "far": ("distance", "away", "miles", "kilometres", "kilometers", "km"),
    "fast": ("speed", "mph", "km/h", "knots"),
    "large": ("size", "area", "big"),
    "cold": ("temperature", "degrees", "°c", "°f"),
}
MEASURE_NOUNS = (
    "length", "width", "height", "depth", "weight", "area", "population", "price", "age", "speed", "diameter",
    "distance", "temperature", "volume", "capacity", "salary", "budget", "cost",
)  # fmt: skip
ROLES = (
    "mayor", "president", "vice president", "director", "chairman", "secretary", "treasurer", "founder",
    "owner", "manager", "captain", "coach", "architect", "designer", "author", "editor", "producer",
    "composer", "conductor", "governor", "minister", "principal", "chancellor", "bishop", "commander",
    "engineer", "inventor", "leader", "translator", "photographer", "narrator", "landlord", "tenant",
    "doctor", "nurse", "lawyer", "judge",
)  # fmt: skip
DEPUTIES = ("deputy", "assistant", "former", "acting", "honorary")
NAME = re.compile(r"(?<![.?!] )\b[A-Z][\w'’-]+(?: (?:of |the |de )?[A-Z][\w'’-]+)*")
NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_OWNER = re.compile(r"['’]s?$")
_HOW = re.compile(rf"\bhow ({'|'.join(MEASURES)})(?= (?:is|are|was|were)\b)", re.IGNORECASE)
_MEASURE_NOUN = re.compile(rf"(?<=\b[Tt]he )({'|'.join(MEASURE_NOUNS)})(?= of\b)")
_ROLE = re.compile(rf"\b({'|'.join(ROLES)})\b", re.IGNORECASE)


def changed(question: Question, rng: random.Random) -> str | None:
    """Return the question changed so that its paragraph does not answer it, or None if no change applies."""
    for way in (other_number, *rng.sample((opposite, other_name), 2)):
        made = list(way(question))
        if made:
            return rng.choice(made)
    return None


def near_miss(question: Question, rng: random.Random) -> str | None:
    """Return the question changed to ask for another measure or role; None for most, which have neither."""
    made = [*other_measure(question), *other_role(question)]
    return rng.choice(made) if made else None


def other_measure(question: Question) -> Iterator[str]:
    """Yield the question for other measures: "How wide is ..." for "How long is ..."."""
    there = _words(question.context)
    for match in _HOW.finditer(question.text):
        own = match.group(1).lower()
        for measure, names in MEASURES.items():
            related = {own, *MEASURES[own]} & {measure, *names}
            if not related and not there.intersection((measure, *names)):
                yield _replaced(question.text, match.span(1), measure)
    for match in _MEASURE_NOUN.finditer(question.text):
        for noun in MEASURE_NOUNS:
            if noun not in there and noun != match.group(1):
                yield _replaced(question.text, match.span(1), noun)


def other_role(question: Question) -> Iterator[str]:
    """Yield the question for other roles: "treasurer" for "secretary", "deputy director" for "director"."""
    there = _words(question.context)
    for match in _ROLE.finditer(question.text):
        if match.group(1).lower() not in there:
            continue
        for role in ROLES:
            if not there.intersection(role.split()):
                yield _replaced(question.text, match.span(1), role)
        for deputy in DEPUTIES:
            if deputy not in there:
                yield _replaced(question.text, match.span(1), f"{deputy} {match.group(1)}")


def opposite(question: Question) -> Iterator[str]:
    """Yield the question with a word turned into its opposite, if the paragraph contains only the word."""
    there = _words(question.context)
    for match in re.finditer(r"\w+", question.text):
        other = OPPOSITE.get(match.group())
        if other is not None and match.group() in there and other not in there:
            yield _replaced(question.text, match.span(), other)


def other_number(question: Question) -> Iterator[str]:
    """Yield the question with a number replaced by another of the paragraph, or by its neighbour."""
    for match in NUMBER.finditer(question.text):
        number = match.group()
        others = {other.group() for other in NUMBER.finditer(question.context)} - {number}
        others = {other for other in others if len(other) == len(number) and other not in question.text}
        if number.isdigit():
            near = (int(number) - 1, int(number) + 1)
            others |= {str(other) for other in near if str(other) not in question.context}
        yield from (_replaced(question.text, match.span(), other) for other in sorted(others))


def other_name(question: Question) -> Iterator[str]:
    """Yield the question with a name replaced by another name of the paragraph."""
    there = {name for _, name in names_in(question.context)}
    for start, name in names_in(question.text):
        for other in sorted(there):
            new = other.lower() not in question.text.lower() and name.lower() not in other.lower()
            if new and not question.may_be_answered_by(other):
                yield _replaced(question.text, (start, start + len(name)), other)


def names_in(text: str) -> list[tuple[int, str]]:
    """Return (start, name) of the names in a text, except at the beginning of a sentence."""
    found = [(match.start(), _OWNER.sub("", match.group())) for match in NAME.finditer(text)]
    return [(start, name) for start, name in found if start > 0]


class WrongParagraphs:
    """Paragraphs that BM25 ranks high for a question and that do not answer it."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.contexts = sorted({question.context for question in questions})
        self.stemmer = Stemmer.Stemmer("english")
        self.index = bm25s.BM25()
        self.index.index(self._tokens(self.contexts), show_progress=False)

    def _tokens(self, texts: Sequence[str]) -> bm25s.tokenization.Tokenized:
        return bm25s.tokenize(list(texts), stopwords="en", stemmer=self.stemmer, show_progress=False)

    def of(self, questions: Sequence[Question], *, depth: int = 8) -> list[list[str]]:
        """Return the wrong paragraphs of each question, best first, at most `depth`."""
        if not questions:
            return []
        tokens = self._tokens([question.text for question in questions])
        ranked, _ = self.index.retrieve(tokens, k=depth, show_progress=False)
        return [
            [
                context
                for context in (self.contexts[row] for row in rows)
                if context != question.context and not question.may_be_answered_by(context)
            ]
            for question, rows in zip(questions, ranked, strict=True)
        ]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[\w°/-]+", text.lower()))


def _replaced(text: str, span: tuple[int, int], other: str) -> str:
    start, end = span
    return text[:start] + (other.capitalize() if start == 0 else other) + text[end:]
