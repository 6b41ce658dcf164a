"""Web page (Gradio) and endpoints for programs."""

from __future__ import annotations

from qa.page.page import build_page
from qa.page.server import open_page

__all__ = [
    "build_page",
    "open_page",
]
