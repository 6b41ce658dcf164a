"""Turns: what is typed is told apart, completed, and answered or remarked on."""

from __future__ import annotations

from qa.turns.guide import guide
from qa.turns.turn import turn

__all__ = [
    "guide",
    "turn",
]
