"""Changes to the page, which event handlers return."""

from __future__ import annotations

import html
from typing import TypedDict

from qa.page.elements import Markup


class Changes(TypedDict, total=False):
    """New values by component. Components that are missing do not change.

    The keys are attributes of `qa.page.layout.Components`, and explained there.
    """

    session: str
    visit: str
    latest: Markup
    document: Markup
    picture: Markup
    document_list: Markup
    welcome: Markup
    examples: Markup
    uploads: Markup
    files: None
    text: str
    name: str
    rated: str


def inform(text: str, title: str) -> None:
    """Show a text in a corner of the page for a few seconds."""
    import gradio as gr

    gr.Info(html.escape(text), title=title, duration=4)
