"""Table of contents of a document as HTML: its headings, as buttons that jump to them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from qa.documents import Block, Document, Span
from qa.page.elements import Markup, button, element

MIN_HEADINGS = 3
"""A document with fewer headings has no table of contents."""

MAX_HEADINGS = 300
"""If there are more, only the outermost levels with at most this many headings together are listed."""

MAX_DEPTH = 4
"""Deeper headings are not indented further."""


def contents_html(document: Document, parts: Sequence[Span], target: dict[str, Any]) -> Markup:
    """Return the headings of a document, each as a button that jumps to it; empty if there are few.

    Args:
        document: The document.
        parts: The parts in which it is shown.
        target: The event data that opens the document as it is shown now.
    """
    headings = document.blocks.headings
    if len(headings) < MIN_HEADINGS or not parts:
        return Markup("")
    starts = [part.start for part in parts]
    listed = _outermost(headings)
    top = min(heading.level for heading in listed)
    entries = [
        element(
            "li",
            button(
                " ".join(document[heading.words].split()),
                data_look={**target, "part": bisect_right(starts, heading.span.start) - 1},
                data_jump=heading.span.start,
            ),
            data_depth=min(MAX_DEPTH, 1 + heading.level - top),
        )
        for heading in listed
    ]
    return element(
        "nav",
        element("details", element("summary", f"Headings ({len(listed):,})"), element("ul", *entries)),
        class_="contents",
        aria_label=f"Headings of {document.id}",
    )


def _outermost(headings: Sequence[Block]) -> list[Block]:
    """Return the headings of the outermost levels that fit; if none fits, the first headings of the first."""
    counts = sorted(Counter(heading.level for heading in headings).items())
    totals = accumulate(count for _, count in counts)
    fitting = [level for (level, _), total in zip(counts, totals, strict=True) if total <= MAX_HEADINGS]
    deepest = fitting[-1] if fitting else counts[0][0]
    return [heading for heading in headings if heading.level <= deepest][:MAX_HEADINGS]
