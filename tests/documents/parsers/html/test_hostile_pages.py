"""Web pages with deeply nested or very many elements take time linear in their size."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from qa.documents.parsers.html.document import _Page
from qa.documents.parsers.html.extraction import MAX_DEPTH
from qa.documents.parsing import parse
from tests.growth import assert_grows_in_line

BOXES = {
    "cookie notices": ('<div class="cookie-banner">', "</div>"),
    "notices with a control": ('<div class="cookie-banner">', "<a>x</a></div>"),
    "sidebars": ("<aside>", "</aside>"),
    "headers": ("<header>", "</header>"),
    "advertisements": ('<div class="ad">', "</div>"),
    "menus": ('<div role="menu">', "</div>"),
    "panels": ('<div hidden class="panel">', "</div>"),
    "navigation": ("<nav>", "</nav>"),
    "lists": ("<ul><li>", "</li></ul>"),
    "tables": ("<table><tr><td>", "</td></tr></table>"),
    "quotations": ("<blockquote>", "</blockquote>"),
    "labels": ("<dl><dt>x</dt><dd>", "</dd></dl>"),
    "articles": ("<article>", "</article>"),
    "links": ('<div><a href="#x">x</a>', "</div>"),
    "boxes": ('<div style="display: flex">', "</div>"),
    "buttons": ("<div><button>x</button>", "</div>"),
}
ROWS = {
    "buttons": "<button aria-expanded=true>More</button>",
    "panels": '<div hidden class="panel">x</div>',
    "notices": '<div class="cookie-banner">x</div>',
    "rows": "<table><tr><td>a<td>b</table>",
    "headings": "<h2>a</h2>",
    "comments": "<!-- x --><p hidden class=panel>x</p>",
    "raised": "x<sup>2</sup> ",
    "noscript": "<noscript>x</noscript>",
}


def nested(kind: str, depth: int) -> bytes:
    begin, end = BOXES[kind]
    inside = f"{begin * depth}<p>Text inside.</p>{end * depth}"
    return f"<title>T</title><body><p>First.</p>{inside}<p>Last.</p>".encode()


@pytest.mark.parametrize("kind", BOXES)
def test_nested_elements_take_linear_time(kind: str) -> None:
    # Building the tree is not measured: the rules of HTML look at all open elements.
    trees = {depth: LexborHTMLParser(nested(kind, depth)) for depth in (500, 8_000)}

    def read(depth: int) -> None:
        assert "Last." in _Page(trees[depth]).article().text

    assert_grows_in_line(read, 500)


@pytest.mark.parametrize("kind", ROWS)
def test_many_elements_take_linear_time(kind: str) -> None:
    def read(count: int) -> None:
        page = f"<title>T</title><body><p>First.</p>{ROWS[kind] * count}<p>Last.</p>".encode()
        assert "Last." in parse("a.html", ".html", page).text

    assert_grows_in_line(read, 250)


def test_text_deep_inside_is_read() -> None:
    """As plain text, without the structure around it."""
    for kind in ("quotations", "boxes", "lists"):
        assert "Text inside." in parse("a.html", ".html", nested(kind, 2 * MAX_DEPTH)).text
