"""Icons: small drawings in the colour of the surrounding text. Controls with an icon also have a name."""

from __future__ import annotations

from qa.page.elements import Markup

_SHAPES = {
    "copy": "M9 9h11v11H9zM5 15H4V4h11v1",
    "link": "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2"
    "M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2",
    "others": "M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01",
    "why": "M9.2 9a3 3 0 1 1 4.4 2.7c-1 .6-1.6 1.1-1.6 2.3M12 17.5h.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
    "thumb": "M3 11h4v10H3zM7 12l4-9c2 0 3 1.5 2.6 3.4L13 10h6c1.4 0 2.3 1.2 2 2.5l-1.6 6.8"
    "A2.2 2.2 0 0 1 17.2 21H7",
}


def icon(name: str) -> Markup:
    """Return an icon, hidden from screen readers."""
    return Markup('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>').format(
        _SHAPES[name]
    )
