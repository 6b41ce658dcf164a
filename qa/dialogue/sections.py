"""Section requests: "What does the section Fees say?", "Show me chapter 2 of the handbook".

A request calls something a section, or asks to be shown something: "Show me the prices". Whether a document
has such a heading is checked in `qa.turns`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.dialogue.words import AUXILIARIES, PRONOUNS, WH_WORDS, WORD

_NOUN = r"(?:sub)?section|chapter|clause|appendix|annex"
_LINK = r"(?:(?:(?:about|on|called|named|titled|entitled|headed|for|with the (?:heading|title))\b|:)\s*)?"
_NAMED = (
    rf"(?:the\s+)?(?:(?P<noun>{_NOUN}|heading)\s+{_LINK}(?P<after>\S.*?)"
    rf"|(?P<before>\S.*?)\s+(?:{_NOUN})(?:\s+(?:of|in|from)\s+(?P<of>\S.*?))?)"
)
_TOPIC = r"(?:\s+(?:about|on)\s+(?P<about>\S.*?))?"
_ALL = r"(?:(?:all|the\s+whole|the\s+full|the\s+entire|the\s+complete|the\s+text)\s+(?:of\s+)?)?"
_SHOW = r"show|read|quote|cite|give|open|print|display"
_ME = r"(?:\s+(?:me|us))?(?:\s+(?:out|aloud))?"


def _asking(words: str) -> re.Pattern[str]:
    return re.compile(
        r"(?:please[\s,]+)?(?:(?:can|could|would|will)\s+you\s+(?:please\s+)?)?"
        rf"{words}(?:[\s,]+(?:please|to\s+me|for\s+me))*[\s.!?]*",
        re.IGNORECASE,
    )


_REQUESTS = (
    _asking(
        rf"what\s+(?:does|do|did)\s+{_ALL}{_NAMED}"
        rf"\s+(?:say|state|contain|cover|tell(?:\s+(?:me|us))?){_TOPIC}"
    ),
    _asking(
        rf"what(?:'s|\s+is|\s+stands)\s+(?:(?:said|stated|written|there)\s+)?(?:in|under)\s+{_ALL}{_NAMED}"
    ),
    _asking(rf"(?:{_SHOW}){_ME}\s+{_ALL}{_NAMED}"),
)
_SHOWING = _asking(
    rf"(?:(?:{_SHOW}|list){_ME}"
    r"|(?:let\s+(?:me|us)|can\s+i|i\s+(?:want|would\s+like|need)\s+to)\s+(?:see|read))\s+"
    rf"{_ALL}(?:the\s+)?(?:(?:table|list|text)\s+of\s+(?:the\s+)?)?(?P<title>\w\S*(?:\s+\S+){{0,7}}?)"
)
_QUOTES = "\"'“”‘’«»"
_ROMAN = r"(?=[ivxl])(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_IDENTIFIER = re.compile(
    rf"(?P<identifier>\d+(?:\.\d+)*\.?|[a-z]|{_ROMAN})(?:\s*,|\s+(?:of|in|from)\b|$)\s*(?P<within>.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SectionRequest:
    """A request for a section.

    Attributes:
        title: The words of its heading, and perhaps of its document: "fees", "fees of the council".
        noun: The noun before its title, in lower case: "chapter"; "" if there is none.
        identifier: Its number or letter, without a full stop: "3.2"; "" if it is named by words.
        within: What it is a section of, if it is named by a number; else "".
        about: The topic of the request: "dogs" in "What does the section Fees say about dogs?"; else "".
        is_named: Whether it is called a section or the like. If not, all of the title must be in its heading.
    """

    title: str
    noun: str = ""
    identifier: str = ""
    within: str = ""
    about: str = ""
    is_named: bool = True


def section_request(typed: str) -> SectionRequest | None:
    """Return the request for a section in the user's input; None if there is none.

    Args:
        typed: The input.
    """
    words = " ".join(typed.replace("’", "'").split())
    for request in _REQUESTS:
        found = request.fullmatch(words)
        if found is None:
            continue
        about = found.groupdict("").get("about", "")
        if found["before"] is not None:
            title = " of ".join(filter(None, (found["before"].strip(_QUOTES), found["of"])))
            return SectionRequest(title, about=about)
        title, noun = found["after"].strip(_QUOTES), found["noun"].lower()
        numbered = _IDENTIFIER.fullmatch(title)
        if numbered is None:
            return SectionRequest(title, noun, about=about)
        return SectionRequest(title, noun, numbered["identifier"].rstrip("."), numbered["within"], about)
    return None


def heading_request(typed: str) -> SectionRequest | None:
    """Return a request for what the user wants to be shown, which may be a section; None if it is nothing.

    Args:
        typed: The input: "Show me the prices".
    """
    found = _SHOWING.fullmatch(" ".join(typed.replace("’", "'").split()))
    if found is None:
        return None
    words = {word.group().lower() for word in WORD.finditer(found["title"])}
    asks = WH_WORDS | AUXILIARIES | PRONOUNS
    return None if words & asks else SectionRequest(found["title"].strip(_QUOTES), is_named=False)
