"""Presentation shared by shell, page and programs: wording, citations, evidence, export, feedback."""

from __future__ import annotations

from qa.presentation.citation import (
    cell_label,
    compact_location,
    is_whole_sentence,
    page_label,
    quotation,
    text_link,
)
from qa.presentation.evidence import Evidence, evidence, is_numbered, passages_read
from qa.presentation.export import READ_AS, SHOWN_PASSAGES, Turn, reply_markdown, to_json, to_markdown
from qa.presentation.feedback import Feedback
from qa.presentation.kept_evidence import found_again, kept_evidence
from qa.presentation.matches import matches
from qa.presentation.rivals import DIFFER, dated_place, rivals
from qa.presentation.table_row import readable, row_cells
from qa.presentation.ties import tie
from qa.presentation.wording import confidence_words, guide_facts, missing, without_answer, words_left

__all__ = [
    "DIFFER",
    "READ_AS",
    "SHOWN_PASSAGES",
    "Evidence",
    "Feedback",
    "Turn",
    "cell_label",
    "compact_location",
    "confidence_words",
    "dated_place",
    "evidence",
    "found_again",
    "guide_facts",
    "is_numbered",
    "is_whole_sentence",
    "kept_evidence",
    "matches",
    "missing",
    "page_label",
    "passages_read",
    "quotation",
    "readable",
    "reply_markdown",
    "rivals",
    "row_cells",
    "text_link",
    "tie",
    "to_json",
    "to_markdown",
    "without_answer",
    "words_left",
]
