"""Turns: the user's input is classified, completed if it is a follow-up, and answered or remarked on."""

from __future__ import annotations

from qa.turns.guide import document_kind, guide
from qa.turns.turn import turn

__all__ = [
    "document_kind",
    "guide",
    "turn",
]
