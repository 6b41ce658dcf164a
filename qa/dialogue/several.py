"""Splits several questions that were typed at once."""

from __future__ import annotations

import re
from itertools import pairwise

from qa.dialogue.contractions import uncontracted
from qa.dialogue.follow_up import is_bare
from qa.dialogue.words import (
    AUXILIARIES,
    DETERMINERS,
    FUNCTION_WORDS,
    PREPOSITIONS,
    WH_WORDS,
    WORD,
    is_verb,
    word_set,
)

MOST_QUESTIONS = 4

_MARK = re.compile(r"(?<=[?])[\s,;]+(?:and\s+)?(?=\w)", re.IGNORECASE)
_AND = re.compile(r"(,?\s+and\s+)", re.IGNORECASE)
# Two clauses of one question: "Does it say who came and who left?"
_EMBEDDED = re.compile(
    rf"\b(?:say|said|says|tell|told|know|knew|knows|ask|asked|asks|explain|explained|describe|described|decide"
    rf"|decided|learn|find out|found out|show|state|mention|understand|remember)\s+(?:\w+\s+){{0,2}}?"
    rf"(?:{'|'.join(sorted(WH_WORDS))})\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\b(?:between|both)\b(?!.*\sand\s)", re.IGNORECASE)
_MEASURES = word_set("much many more few")
_PEOPLE = word_set("people men women children")
_NO_QUESTION = word_set("knows cares else")  # "and who knows?", "and who else?"
_LONGEST_PHRASE = 4  # words between the question word and its verb: "how many years of school did ..."


def several(typed: str) -> list[str]:
    """Return the questions in the user's input, in order; the input itself if it is a single question.

    They are split after a question mark, and at an "and" between questions that each have a verb: "How high
    is it and who paid?" Bare question words may follow a question: "When was it built and by whom?" Words
    that begin without a question word or auxiliary verb are not a question: "Is it cheap? I am poor."
    """
    parts = [part.strip() for part in _MARK.split(typed) if part.strip()]
    if len(parts) > 1:
        known = _is_question(parts[0]) and all(_is_question(part) or is_bare(part) for part in parts[1:])
        parts = parts if known else [typed]
    else:
        parts = [part if part.endswith("?") else f"{part}?" for part in _clauses(typed)]
    return parts if 1 < len(parts) <= MOST_QUESTIONS else [typed]


def _clauses(typed: str) -> list[str]:
    """Return the questions that are joined by "and"."""
    first, *pairs = _AND.split(typed.strip())
    clauses = [first]
    for joint, piece in zip(pairs[::2], pairs[1::2], strict=True):
        if _parted(clauses[-1], piece, after_bare=len(clauses) > 1 and is_bare(clauses[-1])):
            clauses.append(piece)
        else:
            clauses[-1] += joint + piece
    return clauses


def _parted(before: str, piece: str, *, after_bare: bool) -> bool:
    """Whether the words after an "and" are a separate question from those before it."""
    if after_bare:  # "and when and why?", but not "and when and where is it?"
        return _is_tail(piece)
    if not _has_verb(before) or _BETWEEN.search(before) or _words(before)[-1] in WH_WORDS:
        return False
    if _is_tail(piece):
        return _EMBEDDED.search(before) is None
    words = _words(piece)
    inverted = words[1:2] and words[1] in AUXILIARIES and words[0] not in {"who", "what"}
    return _is_clause(words) and (bool(inverted) or _EMBEDDED.search(before) is None)


def _is_tail(piece: str) -> bool:
    """Whether words only ask for another detail of the question before: "by whom?", "how often?"."""
    return is_bare(piece) and _words(piece) not in (["who"], ["whom"])


def _is_clause(words: list[str]) -> bool:
    """Whether words are a question word, perhaps with the noun that it counts or names, and a verb."""
    start = 1 if words and words[0] in PREPOSITIONS else 0
    wh, rest = "".join(words[start : start + 1]), words[start + 1 :]
    if wh not in WH_WORDS or not rest or rest[0] in _NO_QUESTION:
        return False
    if wh == "who" and not start and rest[0] not in FUNCTION_WORDS:
        return True
    for position, word in enumerate(rest[: _LONGEST_PHRASE + 1]):
        if word in AUXILIARIES:  # "which are small" is the other half of "which are large"
            return position + 1 < len(rest) and (wh != "which" or position > 0)
        if is_verb(word) and (position or wh in {"who", "what"}):
            return not start
        counted = rest[:1] == ["many"] and position > 1 and _is_plural(rest[position - 1])
        if counted and word not in FUNCTION_WORDS:
            return not start
        if word in FUNCTION_WORDS and word not in _MEASURES | {"of"}:
            return False
    return False


def _has_verb(question: str) -> bool:
    """Whether words begin like a question and have a verb, unlike "How much" and "Which of the towns"."""
    words = _words(question)
    asked = words[1:] if words and words[0] in PREPOSITIONS else words
    if not asked or asked[0] not in WH_WORDS | AUXILIARIES or len(words) < 2:
        return False
    if asked[0] in AUXILIARIES:
        return asked == words
    if _is_clause(words):
        return True
    rest = asked[1:]
    pairs = list(pairwise(rest))
    return (
        any(word in AUXILIARIES for word in rest[:-1])
        or any(map(is_verb, rest[1:]))
        or (len(rest) > 2 and _is_verb_form(rest[0], rest[1]))
        or any(
            one not in FUNCTION_WORDS and other in DETERMINERS | {"it", "them"} for one, other in pairs[1:]
        )
    )


def _is_verb_form(noun: str, word: str) -> bool:
    """Whether a word after a noun is a verb: "river flows"."""
    return noun not in FUNCTION_WORDS and not _is_plural(noun) and _is_plural(word)


def _is_plural(word: str) -> bool:
    return word in _PEOPLE or (word.endswith("s") and not word.endswith("ss"))


def _is_question(part: str) -> bool:
    """Whether words begin like a question and have at least one more word."""
    words = _words(part)
    return len(words) >= 2 and (words[0] in WH_WORDS or words[0] in AUXILIARIES)


def _words(text: str) -> list[str]:
    return [word.group().lower() for word in WORD.finditer(uncontracted(text))]
