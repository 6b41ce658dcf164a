"""Question form: whether a question calls for a few words, yes or no, or everything about something."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from qa.dialogue.words import AUXILIARIES, WORD

Form: TypeAlias = Literal["short", "broad", "yes_no"]

_POLITE = re.compile(
    r"\W*(?:(?:please|so|and|but|ok|okay|well|now|also)\b[\s,]*)*"
    r"(?:(?:can|could|would|will) you (?:please )?(?:tell|show|explain to) me\s+)?",
    re.IGNORECASE,
)
_VERB = r"(?:am|is|are|was|were|do|does|did|can|could|should|shall|must|will|would|has|have|had|may|might)"
_PARTICIPLE = (
    r"(?:(?!called\b|named\b)\w{2,}ed|said|known|written|told|done|found|made|held|shown|given|meant|thought"
    r"|wrong|different|new|special|important|going\s+on)"
)
_SAYING = (
    r"(?:discuss|say|think|agree|decide|do|know|mean|happen|talk|report|propose|plan|want|promise|recommend"
    r"|fear|criticise|criticize|announce|explain|describe|suggest|demand|look|work|change|learn|expect|advise"
    r"|consider|conclude|argue|warn|note|bring|follow|pay\s+attention)"
)
_BROAD = re.compile(
    rf"(?:how\s+{_VERB}\b"
    r"|why\b"
    r"|(?:tell\s+me|what)\s+(?:more\s+|all\s+|else\s+)?about\b"
    r"|(?:describe|explain|discuss)\b"
    rf"|what\s+(?:all\s+|else\s+)?(?:is|are|was|were|has\s+been|will\s+be|should\s+be|must\s+be|can\s+be)\s+"
    rf"(?:\w+\s+){{0,3}}?{_PARTICIPLE}\b"
    r"|what\s+(?:are|were)\s+(?:the|its|their|his|her|some|all)\b"
    r"|(?:what|which)\s+(?:[\w-]+\s+){1,3}(?:are|were)\s+there\b"
    r"|(?:what|which)\s+(?:[\w-]+\s+)?(?!does|is|was|has|this|us)[\w-]+s\s+(?:are|were|has|have|had)\b"
    r"|what\s+(?:happens|happened|changes|changed|could|might|may|can)\b"
    rf"|what\s+(?:do|does|did|should|must|can|could|would|will)\s.*\b{_SAYING}\b"
    r")",
    re.IGNORECASE,
)


def question_form(question: str) -> Form:
    """Return the form of answer that a question calls for, by its first words.

    Args:
        question: A standalone question.

    Returns:
        "yes_no" if it can be answered by yes or no, "broad" if whole sentences may answer it ("What are the
        risks?", "How does it work?"), else "short".
    """
    polite = _POLITE.match(question)
    words = question[polite.end() :] if polite is not None else question
    first = WORD.match(words)
    if first is not None and first.group().lower() in AUXILIARIES:
        return "short" if re.search(r"\bor\b", words) else "yes_no"
    return "broad" if _BROAD.match(words) else "short"
