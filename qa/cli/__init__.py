"""The shell: the only room that prints."""

from __future__ import annotations

from qa.cli.main import main

__all__ = [
    "main",
]
