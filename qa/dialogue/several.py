"""Several questions typed at once are told apart."""

from __future__ import annotations

import re

from qa.dialogue.words import AUXILIARIES, WH_WORDS, WORD

MOST_QUESTIONS = 4

_MARK = re.compile(r"(?<=[?])[\s,;]+(?:and\s+)?(?=\w)", re.IGNORECASE)
# "and" before a question word that its verb follows at once: "and when was it opened?"
_AND = re.compile(
    rf",?\s+and\s+(?=(?:who|when|where|why|how|what)\s+(?:{'|'.join(sorted(AUXILIARIES))})\s+\w)",
    re.IGNORECASE,
)


def several(typed: str) -> list[str]:
    """Return the questions of what is typed, in order; what is typed itself if it is one.

    They are parted after a question mark, and at an "and" before a second question of full form. What begins
    without a question word or verb is no question of its own: "Is it cheap? I am poor."
    """
    parts = [part.strip() for part in _MARK.split(typed) if part.strip()]
    if len(parts) > 1:
        parts = parts if all(map(_is_question, parts)) else [typed]
    else:
        split = [part.strip() for part in _AND.split(typed)]
        if len(split) > 1 and all(map(_is_question, split)):
            parts = [part if part.endswith("?") else f"{part}?" for part in split]
    return parts if 1 < len(parts) <= MOST_QUESTIONS else [typed]


def _is_question(part: str) -> bool:
    """Whether words begin as a question does and have words besides."""
    words = [word.group().lower() for word in WORD.finditer(part)]
    return len(words) >= 2 and (words[0] in WH_WORDS or words[0] in AUXILIARIES)
