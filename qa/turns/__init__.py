"""Turns: what is typed is told apart, completed, and answered or remarked on."""

from __future__ import annotations

from qa.turns.guide import document_kind, guide
from qa.turns.turn import turn

__all__ = [
    "document_kind",
    "guide",
    "turn",
]
