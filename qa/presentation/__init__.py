"""What shell, page and programs share: wording, citation, evidence, export, feedback."""

from __future__ import annotations

from qa.presentation.citation import is_web, quotation, text_link
from qa.presentation.evidence import Evidence, evidence, passages_read
from qa.presentation.export import Turn, to_json, to_markdown
from qa.presentation.feedback import Feedback
from qa.presentation.wording import confidence_words, missing, silence

__all__ = [
    "Evidence",
    "Feedback",
    "Turn",
    "confidence_words",
    "evidence",
    "is_web",
    "missing",
    "passages_read",
    "quotation",
    "silence",
    "text_link",
    "to_json",
    "to_markdown",
]
