"""Picture of a page as HTML: a fold that asks for it, and the picture with the quotation framed."""

from __future__ import annotations

import base64
from typing import Any

from qa.documents import PagePicture
from qa.page.elements import Markup, button, element
from qa.presentation import Evidence

QUOTED = 200
"""So many characters of the quotation are said to those who do not see its frame."""


def picture_fold_html(target: dict[str, Any]) -> Markup:
    """Return the fold that shows the page of a piece of evidence; once it is opened, it sends `target`."""
    waiting = element("p", "Drawing the page …", class_="note", role="status")
    return element(
        "details",
        element("summary", "View the page"),
        element("div", waiting, class_="drawn"),
        class_="page-picture",
        data_picture=target,
    )


def picture_html(target: dict[str, Any], evidence: Evidence, picture: PagePicture) -> Markup:
    """Return the picture for the fold of a target, with a frame around each line of the quotation.

    It is as wide as the panel; a button shows it in full size.
    """
    document, span = evidence.document, evidence.span
    number = document.page(span.start)
    words = " ".join(document[span].split())
    quoted = words if len(words) <= QUOTED else f"{words[:QUOTED]} …"
    place = f"Page {number:,} of {len(document.pages):,}"
    told = f"Framed: {quoted}" if picture.boxes else "The quotation could not be located on this page."
    image = element(
        "img",
        src=f"data:image/webp;base64,{base64.b64encode(picture.webp).decode()}",
        alt=f"{place} of {document.id}. {told}",
        width=picture.width,
        height=picture.height,
    )
    frames = [_frame_html(box, picture) for box in picture.boxes]
    caption = "" if picture.boxes else element("figcaption", told, class_="note")
    sheet = element("div", image, *frames, class_="sheet-of-paper")
    region = element("div", sheet, class_="paper", tabindex=0, role="region", aria_label=f"{place}, picture")
    enlarge = button("Full size", class_="link enlarge", aria_pressed="false")
    return _for(target, element("figure", enlarge, region, caption))


def no_picture_html(target: dict[str, Any], reason: str) -> Markup:
    """Return why there is no picture, for the fold of a target."""
    return _for(target, element("p", reason, class_="note", role="status"))


def _for(target: dict[str, Any], content: Markup) -> Markup:
    return element("div", content, class_="for-fold", data_for=target)


def _frame_html(box: tuple[int, int, int, int], picture: PagePicture) -> Markup:
    left, top, right, bottom = box
    shares = (
        ("left", left / picture.width),
        ("top", top / picture.height),
        ("width", (right - left) / picture.width),
        ("height", (bottom - top) / picture.height),
    )
    return element("i", style=";".join(f"{name}:{100 * share:.3f}%" for name, share in shares))
