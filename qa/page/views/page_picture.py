"""Pictures of pages as HTML: a fold that requests them, and the pictures with the quotation framed."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from qa.documents import Document, PagePicture, QuotedPage
from qa.page.elements import Markup, button, element
from qa.presentation import Evidence

QUOTED = 200
"""How much of the quotation is in the picture's alternative text, in characters."""


def picture_fold_html(target: dict[str, Any]) -> Markup:
    """Return the fold for the page of a piece of evidence; opening it sends `target`."""
    waiting = element("p", "Drawing the page …", class_="note", role="status")
    return element(
        "details",
        element("summary", "View the page"),
        element("div", waiting, class_="drawn"),
        class_="page-picture",
        data_picture=target,
    )


def picture_html(target: dict[str, Any], evidence: Evidence, pages: Sequence[QuotedPage]) -> Markup:
    """Return the pictures for the fold of a target, with a frame around each line of the quotation.

    They are as wide as the panel; a button shows them at full size.
    """
    count = len(evidence.document.pages)
    numbers = [page.number for page in pages]
    place = f"Page {numbers[0]:,}" if len(pages) == 1 else f"Pages {numbers[0]:,} to {numbers[-1]:,}"
    sheets = [_sheet_html(page, evidence.document) for page in pages]
    captions = [
        element("figcaption", _unframed(page), class_="note") for page in pages if not page.picture.boxes
    ]
    name = f"{place} of {count:,}, picture"
    region = element("div", *sheets, class_="paper", tabindex=0, role="region", aria_label=name)
    enlarge = button("Full size", class_="link enlarge", aria_pressed="false")
    return _for(target, element("figure", enlarge, region, *captions))


def no_picture_html(target: dict[str, Any], reason: str) -> Markup:
    """Return the reason why there is no picture, for the fold of a target."""
    return _for(target, element("p", reason, class_="note", role="status"))


def _for(target: dict[str, Any], content: Markup) -> Markup:
    return element("div", content, class_="for-fold", data_for=target)


def _sheet_html(page: QuotedPage, document: Document) -> Markup:
    picture, words = page.picture, " ".join(page.words.split())
    quoted = words if len(words) <= QUOTED else f"{words[:QUOTED]} …"
    told = f"Framed: {quoted}" if picture.boxes else _unframed(page)
    image = element(
        "img",
        src=f"data:image/webp;base64,{base64.b64encode(picture.webp).decode()}",
        alt=f"Page {page.number:,} of {len(document.pages):,} of {document.id}. {told}",
        width=picture.width,
        height=picture.height,
    )
    frames = [_frame_html(box, picture) for box in picture.boxes]
    return element("div", image, *frames, class_="sheet-of-paper")


def _unframed(page: QuotedPage) -> str:
    return f"The quotation could not be located on page {page.number:,}."


def _frame_html(box: tuple[int, int, int, int], picture: PagePicture) -> Markup:
    left, top, right, bottom = box
    shares = (
        ("left", left / picture.width),
        ("top", top / picture.height),
        ("width", (right - left) / picture.width),
        ("height", (bottom - top) / picture.height),
    )
    return element("i", style=";".join(f"{name}:{100 * share:.3f}%" for name, share in shares))
