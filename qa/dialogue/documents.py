"""Documents and topics that are asked about: "What is the annual report about?", "Tell me about the ferry".

Whether a document has such a name is checked in `qa.turns`.
"""

from __future__ import annotations

import re

from qa.dialogue.words import PRONOUNS, WH_WORDS, WORD

_START = r"(?:(?:please|ok|so|and|now)[\s,]+)*(?:(?:can|could|would|will)\s+you\s+(?:please\s+)?)?"
_END = r"(?:[\s,]+(?:please|for\s+me|to\s+me|briefly|in\s+short))*[\s.!?]*"
_NAME = r"(?P<name>\w\S*(?:\s+\S+){0,9}?)"
_TEXT = (
    r"(?:handbook|manual|guide|report|articles?|document|file|paper|book|booklet|brochure|leaflet|news(?:letter)?"
    r"|notes|minutes|memo|letter|story|essay|chapter|page|presentation|spreadsheet|table|text|\w*\.\w{2,5})"
)


def _asking(words: str) -> re.Pattern[str]:
    return re.compile(rf"{_START}{words}{_END}", re.IGNORECASE)


_ABOUT_DOCUMENT = (
    _asking(rf"what(?:'s|\s+is|\s+are)\s+{_NAME}\s+(?:all\s+)?about"),
    _asking(
        rf"what\s+(?:do|does)\s+(?={_NAME}\s+(?:cover|say|talk\s+about|deal\s+with|discuss|contain)\b)"
        rf".*\b{_TEXT}\s+(?:cover|say|talk\s+about|deal\s+with|discuss|contain)"
    ),
    _asking(rf"(?:summari[sz]e|sum\s+up)\s+{_NAME}"),
    _asking(
        rf"(?:(?:give|write|make)\s+(?:me\s+)?)?(?:an?\s+|the\s+)?(?:(?:short|brief|quick)\s+)?"
        rf"(?:summary|overview|gist|outline)\s+of\s+{_NAME}"
    ),
    _asking(rf"(?:tell\s+(?:me|us)\s+about|describe)\s+(?={_NAME}[\s.!?]*$).*\b{_TEXT}"),
)
_TOPIC = _asking(
    r"(?:(?:tell\s+(?:me|us)|say|show\s+(?:me|us)|give\s+(?:me|us))\s+"
    r"(?:(?:more|all|everything|something|anything|(?:some\s+|more\s+)?information)\s+)?(?:about|on)"
    r"|what\s+do\s+you\s+know\s+about|i\s+(?:want|would\s+like)\s+to\s+(?:know|learn|read)\s+(?:more\s+)?about"
    r"|describe)\s+" + _NAME
)


def document_asked_about(typed: str) -> str:
    """Return the words that may name the document that the user asks about; "" if there are none.

    Args:
        typed: The input: "Summarise the annual report".
    """
    words = " ".join(typed.replace("’", "'").split())
    found = next(filter(None, (asking.fullmatch(words) for asking in _ABOUT_DOCUMENT)), None)
    return "" if found is None else found["name"].strip(" ,")


def names_topic(typed: str) -> bool:
    """Whether the user wants to know everything about a topic: "Tell me about the ferry"."""
    found = _TOPIC.fullmatch(" ".join(typed.split()))
    if found is None:
        return False
    words = {word.group().lower() for word in WORD.finditer(found["name"])}
    return not words <= PRONOUNS and not words & WH_WORDS
