"""Dialogue: rules that interpret the user's input: follow-ups, requests, and anything but questions."""

from __future__ import annotations

from qa.dialogue.antecedents import Exchange
from qa.dialogue.contractions import with_apostrophes
from qa.dialogue.documents import document_asked_about, names_topic
from qa.dialogue.follow_up import is_bare, leaves_out, stand_alone
from qa.dialogue.intent import Intent, intent
from qa.dialogue.light_words import without_light
from qa.dialogue.question_form import question_form
from qa.dialogue.remarks import remark
from qa.dialogue.sections import SectionRequest, heading_request, section_request
from qa.dialogue.several import several
from qa.dialogue.words import word_set

__all__ = [
    "Exchange",
    "Intent",
    "SectionRequest",
    "document_asked_about",
    "heading_request",
    "intent",
    "is_bare",
    "leaves_out",
    "names_topic",
    "question_form",
    "remark",
    "section_request",
    "several",
    "stand_alone",
    "with_apostrophes",
    "without_light",
    "word_set",
]
