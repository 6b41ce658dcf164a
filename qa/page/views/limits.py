"""Limits as HTML: who will see what is added and, in a fold, what may be added."""

from __future__ import annotations

from qa.documents import SUFFIXES
from qa.page.elements import Markup, element
from qa.settings import DEFAULTS, Limits


def limits_html(limits: Limits, *, keep: bool) -> Markup:
    """Return who will see added documents, and the limits.

    Args:
        limits: What a visitor may add.
        keep: Whether additions are kept for everyone; then only the limits of a file apply.
    """
    mebibytes, left = 1024**2, DEFAULTS.left_seconds // 60
    size = (
        f"{', '.join(SUFFIXES)}, up to {DEFAULTS.max_file_bytes // mebibytes} MiB a file, "
        f"{DEFAULTS.max_text_bytes // mebibytes} MiB where it is text or a web page"
    )
    who = "What you add is kept in the corpus folder, for everyone who uses this page."
    if not keep:
        who = f"What you add is seen by nobody else, and gone {left} minutes after you close the page."
        size += f"; at most {limits.documents:,} documents and {limits.characters:,} characters"
    return element("p", who, class_="note") + element(
        "details",
        element("summary", "What can I add?"),
        element("p", f"{size}.", class_="note"),
        class_="can-add",
        data_types=",".join(SUFFIXES),
    )
