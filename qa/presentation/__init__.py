"""Presentation shared by shell, page and programs: wording, citations, evidence, export, feedback."""

from __future__ import annotations

from qa.presentation.citation import cell_label, compact_location, page_label, quotation, text_link
from qa.presentation.evidence import Evidence, evidence, passages_read
from qa.presentation.export import Turn, to_json, to_markdown
from qa.presentation.feedback import Feedback
from qa.presentation.wording import confidence_words, missing, silence

__all__ = [
    "Evidence",
    "Feedback",
    "Turn",
    "cell_label",
    "compact_location",
    "confidence_words",
    "evidence",
    "missing",
    "page_label",
    "passages_read",
    "quotation",
    "silence",
    "text_link",
    "to_json",
    "to_markdown",
]
