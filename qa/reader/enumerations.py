"""Enumerations: "a, b and c" in a sentence is one answer to a question for several things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.documents import Document, Span, sentence_at
from qa.reader.candidate import Candidate, best_first

MAX_WORDS = 4
"""Maximum number of words in an item that is added."""

MAX_FIRST = 3
"""Maximum number of words in the first item: the sentence begins before it, "The mill saws | the old oak"."""

MAX_ITEMS = 20

_AND = r"(?:and|or|as well as|&)"
_BETWEEN = re.compile(rf"\s*,\s+(?:{_AND}\s+)?|\s+{_AND}\s+")
_BETWEEN_AT_END = re.compile(rf"(?:\s*,\s+(?:{_AND}\s+)?|\s+{_AND}\s+)$")
_ARTICLE = re.compile(r"a|an|the|one|two|three|four|five|six|some|his|her|its|their|your", re.IGNORECASE)
_LAST = re.compile(rf"{_AND}\s+$")
_WORD = re.compile(r"[^\s,;:()]+")
_CAPITAL = re.compile(r"(?:the\s+|a\s+|an\s+)?[A-ZÀ-Þ]")
# Words that end an item, and that no item begins with.
_STOP = re.compile(
    r"(?:is|are|was|were|be|been|has|have|had|do|does|did|can|may|must|will|would|should|shall|could|might"
    r"|for|in|on|at|with|from|to|by|after|before|until|during|since|as|than|because|while|when|where|which"
    r"|who|that|if|but|so|then|also|not|both|either|include|includes|including|cost|costs|come|comes|go|goes)",
    re.IGNORECASE,
)


def grown(document: Document, span: Span) -> Span:
    """Extend a span over some items of an enumeration to the whole of it; return any other span unchanged.

    An added item has at most `MAX_WORDS` words and is of the same kind as the span's first item: with a
    digit, with a capital, or with neither. An enumeration of the last kind must contain a comma. An
    enumeration has "and" or "or" before its last item.
    """
    around = sentence_at(document, span)
    text = document.text
    kind = _kind(text[span.start : span.end])
    before, after = text[around.start : span.start], text[span.end : around.end]
    left, right = _left(before, kind), _right(after, kind)
    found = Span(span.start - left, span.end + right)
    if kind == "word" and "," not in text[found.start : found.end]:
        return span  # "and" may join clauses: "a treaty and signed it"
    added = text[found.start : span.start] + " … " + text[span.end : found.end]
    has_and = re.search(rf"\b{_AND}\b", added) is not None
    inside = re.search(rf"\s{_AND}\s", text[span.start : span.end]) is not None
    return found if has_and or (inside and left) else span


def with_enumerations(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates with their spans grown, best first; of those that become equal, only the best."""
    best: dict[tuple[str, Span], Candidate] = {}
    for candidate in best_first(candidates):
        span = grown(candidate.passage.document, candidate.span)
        if not candidate.passage.span.contains(span):
            span = candidate.span
        best.setdefault((candidate.passage.document.id, span), replace(candidate, span=span))
    return best_first(best.values())


def _kind(item: str) -> str:
    """Return what an item is like: "digit", "capital" or "word"."""
    first = _BETWEEN.split(item.strip(), maxsplit=1)[0]
    if any(map(str.isdigit, first)):
        return "digit"
    return "capital" if _CAPITAL.match(first) else "word"


def _right(after: str, kind: str) -> int:
    """Return how many characters of the words after a span belong to its enumeration."""
    end = at = 0
    for _ in range(MAX_ITEMS):
        between = _BETWEEN.match(after, at)
        if between is None:
            break
        words = list(_item_words(after, between.end()))
        if not words:
            break
        item = after[between.end() : words[-1].end()].rstrip(".!?")
        if _kind(item) != kind or len(words) > MAX_WORDS:
            break
        at = between.end() + len(item)
        is_last = _LAST.search(between[0]) is not None
        if is_last:
            end = at
            if not after.startswith(",", at):
                break
    return end


def _item_words(text: str, at: int) -> Iterator[re.Match[str]]:
    """Yield the words of an item, up to a mark, "and" or a word that no item contains."""
    while (word := _WORD.match(text, at)) is not None:
        if _STOP.fullmatch(word[0]) or re.fullmatch(_AND, word[0]):
            return
        yield word
        at = word.end()
        if word[0][-1] in ".!?" and len(word[0]) > 3:
            return
        space = re.match(r"[ \n]+", text[at:])
        if space is None:
            return
        at += space.end()


def _left(before: str, kind: str) -> int:
    """Return how many characters of the words before a span belong to its enumeration."""
    start = len(before)
    for _ in range(MAX_ITEMS):
        between = _BETWEEN_AT_END.search(before[:start])
        if between is None:
            break
        part = before[: between.start()]
        edge = max(part.rfind(mark) for mark in ",;:()") + 1
        words = list(_WORD.finditer(part, edge))
        is_first = part[edge - 1 : edge] != ","
        item = _first_item(part, words, kind) if is_first else part[edge:].strip()
        if (
            not item
            or len(item.split()) > MAX_WORDS
            or _STOP.fullmatch(item.split()[0])
            or _kind(item) != kind
        ):
            break
        start = between.start() - len(item)
        if is_first:
            break
    return len(before) - start


def _first_item(text: str, words: Sequence[re.Match[str]], kind: str) -> str:
    """Return the first item of an enumeration, the last of some words: nothing marks where it begins."""
    found: list[re.Match[str]] = []
    for word in reversed(words[-MAX_FIRST:]):
        if _STOP.fullmatch(word[0]) or re.fullmatch(_AND, word[0]):
            break
        if found and kind == "capital" and (not word[0][0].isupper() or word.start() == words[0].start()):
            break
        found.append(word)
        if kind == "digit" or _ARTICLE.fullmatch(word[0]):
            break
    has_article = bool(found) and _ARTICLE.fullmatch(found[-1][0]) is not None
    if kind == "word" and not has_article:
        found = found[:1]
    return text[found[-1].start() :] if found else ""
