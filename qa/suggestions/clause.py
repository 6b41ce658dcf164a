"""A sentence to its first clause: subject, verb and what follows, by rule. Pure.

Only a clause that is plainly understood is taken: its subject is a name or a noun with its article,
its verb an auxiliary or one of `PAST`, and it leans on nothing outside the sentence. Of most sentences
there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from qa.documents import Document, Span
from qa.suggestions.word_lists import (
    BE,
    BODIES,
    DATE,
    HAVE,
    HE,
    INTRANSITIVE,
    LEANING,
    LOOSE,
    MODALS,
    PAST,
    PREPOSITIONS,
    PRESENT,
    TITLES,
    VAGUE,
    VERBS,
    WORD,
    compiled,
)

LONGEST_SUBJECT = 7  # words
NEAR = 500_000  # characters before and after a word within which it is looked for elsewhere
MOST_LOOKED_AT = 50  # places there at which its letters are found

_FRONT = compiled(
    rf"(?:In|On) (?P<date>{DATE}),? |(?:However|Meanwhile|Finally|Later), "
    rf"|(?:When|While|Although|Though|Because|Since|Before|As) [^,.;:!?\"()]{{1,120}}, "
    rf"|(?:In|On|At|After|During|By|For|With|From|Near|Under|Until) [^,.;:!?\"()]{{1,60}}, "
)
_TOKEN = re.compile(rf"{WORD}|\S")
_TITLED = compiled(rf"\b(?:{TITLES})\.? (?:[A-Z]\S* ){{0,3}}$")
_HE_SOON = compiled(rf"[^.!?\n]*(?:\b{HE}\b|[.!?] {HE}\b)")
_ASIDE = compiled(r", (?:an?|the|who|which) [^,.;:!?]{1,100},| \([^()]{1,60}\)")


@dataclass(frozen=True, slots=True)
class Clause:
    """The first clause of a sentence.

    `subject` is worded as it reads inside a question, and stands at `place`; the place of the words
    after the `verb` is `tail`, to the end of the sentence. `date` is a date that the sentence begins
    with. `named` tells a name from other subjects.
    """

    document: Document
    subject: str
    place: Span
    verb: str
    tail: Span
    named: bool
    date: Span | None

    def question(self, ask: str, rest: str = "") -> str | None:
        """The clause turned round after the words that ask, with `rest` of what follows the verb.

        None where nothing follows a verb that asks for something.
        """
        if self.verb in PAST or self.verb in PRESENT:
            if not rest and self.verb not in INTRANSITIVE:
                return None
            plain, helper = (PAST[self.verb], "did") if self.verb in PAST else (PRESENT[self.verb], "does")
            return f"{ask} {helper} {self.subject} {plain}{rest}?"
        if self.verb in BE or self.verb in MODALS or self.verb in HAVE:
            return f"{ask} {self.verb} {self.subject}{rest}?"
        return None

    @property
    def is_person(self) -> bool:
        """Whether the subject is surely one: it has a title, or is a he or she in what follows."""
        return self.named and is_person(self.document, self.place)


def first_clause(document: Document, sentence: Span) -> Clause | None:
    """The clause that a sentence of the document begins with, if it is plain enough."""
    text, end = document.text, sentence.end
    front = _FRONT.match(text, sentence.start, end)
    place = start = sentence.start if front is None else front.end()
    words: list[re.Match[str]] = []
    while len(words) <= LONGEST_SUBJECT:
        aside = _ASIDE.match(text, place, end) if words else None
        token = _TOKEN.search(text, place if aside is None else aside.end(), end)
        if token is None or not token[0][0].isalpha():
            return None
        if token[0] in VERBS or (token[0].endswith("ed") and words and words[-1][0].istitle()):
            break
        if aside is not None:
            return None
        words.append(token)
        place = token.end()
    else:
        return None
    if not words or token.end() == end:
        return None
    wording = _worded(document, [word[0] for word in words], start, opens=front is None)
    if wording is None:
        return None
    date = None if front is None or front["date"] is None else Span(*front.span("date"))
    return Clause(
        document, wording[0], Span(start, place), token[0], Span(token.end(), end), wording[1], date
    )


def is_plain(words: str) -> bool:
    """Whether words that follow a verb are one phrase that is whole and leans on nothing."""
    parts = words.lower().split()
    parts = parts[parts[:1] == ["be"] :]
    if not parts:
        return True
    last = parts[-1]
    if last in LOOSE or len(last) == 1 or last.endswith("ly"):
        return False
    if len(parts) > 1 and last.endswith(("ed", "ing", "given")):
        return False
    if any(part.endswith("ed") and after in PREPOSITIONS for part, after in pairwise(parts[1:])):
        return False
    joined = parts[parts.index("and") :] if "and" in parts else []
    if any(part.endswith(("ed", "ing")) for part in joined):
        return False
    if parts[0] in VERBS and parts[0] not in PAST:
        return False
    return len(parts) <= 10 and not _lean(parts) and VERBS.isdisjoint(parts[1:])


def has_object(verb: str, rest: str) -> bool:
    """Whether what follows a verb is as much as it asks for."""
    parts = rest.split()
    return verb in INTRANSITIVE or (len(parts) > 1 and parts[0] not in PREPOSITIONS)


def split_at_verb(words: str) -> tuple[str, str, str]:
    """What stands before the first verb, the verb, and what follows; three times nothing if there is none."""
    parts = words.split()
    for place, part in enumerate(parts):
        if part in VERBS:
            return " ".join(parts[:place]), part, " ".join(parts[place + 1 :])
    return "", "", ""


def is_instruction(word: str) -> bool:
    """Whether a word before an object at the beginning of a sentence is likely a verb that tells to do it."""
    word = word.lower()
    return not word.endswith(("s", "ed", "ing", "ly")) and word not in LEANING | LOOSE | VAGUE | PREPOSITIONS


def looks_personal(name: str) -> bool:
    """Whether a name may be a person's by its looks: two to four words, none of a place or a body."""
    parts = name.split()
    lower = [part.lower().rstrip(".") for part in parts]
    if parts[0] == "The" or not BODIES.isdisjoint(lower) or not {"of", "and"}.isdisjoint(lower):
        return False
    return 2 <= len(parts) <= 5


def is_person(document: Document, name: Span) -> bool:
    """Whether a name is surely a person's: it has a title nearby, or is a he or she in what follows."""
    text, words = document.text, document[name]
    if not BODIES.isdisjoint(words.lower().split()):
        return False
    last = words.split()[-1]
    if any(_TITLED.search(before) is not None for before in _before_each(text, last, name.start)):
        return True
    soon = text[name.end : name.end + 250]
    return looks_personal(words) and _HE_SOON.match(soon) is not None


def _worded(document: Document, words: list[str], place: int, *, opens: bool) -> tuple[str, bool] | None:
    """A subject as it reads inside a sentence, and whether it is a name; None if it is not plain."""
    lower = [word.lower() for word in words]
    if _lean(lower) or lower[-1] in LOOSE or lower[-1].endswith("ly"):
        return None
    first = words[0]
    if lower[0] == "the":
        if len(words) == 1 or lower[-1].endswith("est"):
            return None
        return " ".join(["the", *words[1:]]), all(
            _is_capital(word) for word in words[1:] if word not in LOOSE
        )
    if all(_is_capital(word) for word in words if word not in LOOSE) and lower[0] not in LOOSE:
        known = len(words) > 1 or not opens or _stands_inside(document, first, place)
        return (" ".join(words), True) if known else None
    if lower[0] in LOOSE or lower[0] in VAGUE:
        return None
    if first.islower() or _stands_inside(document, lower[0], place):
        return " ".join([lower[0], *words[1:]]), False
    return None


def _lean(words: Iterable[str]) -> bool:
    """Whether any of the words, in small letters, leans on what stands elsewhere, as "I" does, and "I've"."""
    return not LEANING.isdisjoint(re.split("['’]", word)[0] for word in words)


def _is_capital(word: str) -> bool:
    return word[0].isupper()


def _stands_inside(document: Document, word: str, near: int) -> bool:
    """Whether a word stands, written so, inside a sentence near a place: only names have a capital there."""
    return any(
        before[-2:-1].islower() or before[-2:-1] == "," for before in _before_each(document.text, word, near)
    )


def _before_each(text: str, word: str, near: int) -> Iterator[str]:
    """Some words before each place near another where a word stands, the space before it included.

    Not before all places of the text: looked for by each sentence, they would take the square of its length.
    """
    start, stop = max(0, near - NEAR), near + NEAR
    for _ in range(MOST_LOOKED_AT):
        place = text.find(word, start, stop)
        if place < 0:
            return
        start = place + len(word)
        if text[place - 1 : place].isspace() and not text[start : start + 1].isalnum():
            yield text[max(0, place - 60) : place]
