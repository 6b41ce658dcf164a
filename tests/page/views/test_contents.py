"""Table of contents: a document's headings as buttons that jump to them."""

from __future__ import annotations

from qa.documents import text_document
from qa.page.views.contents import MAX_HEADINGS, contents_html
from qa.page.views.document import document_html, parts
from tests.page.dom import attributes, count, looks, texts
from tests.replies import HOSTILE


def test_headings_are_listed_with_their_depth() -> None:
    """Each button opens the heading's part, and has the heading's offset."""
    text = "# Huts\n\n## Rond\n\nOpen.\n\n## Stein\n\nShut.\n"
    document = text_document(text, name="huts.md")
    markup = document_html(document)
    assert texts(markup, ".contents summary") == ["Headings (3)"]
    assert texts(markup, ".contents button") == ["Huts", "Rond", "Stein"]
    assert attributes(markup, "data-depth")[:3] == ["1", "2", "2"]
    assert looks(markup) == 3 * [{"document": "huts.md", "part": 0}]
    assert attributes(markup, "data-jump") == attributes(markup, "data-heading")
    assert attributes(markup, "data-jump") == [
        str(text.index(mark)) for mark in ("# Huts", "## Rond", "## Stein")
    ]


def test_two_headings_get_no_table_of_contents() -> None:
    assert count(document_html(text_document("# Huts\n\n## Rond\n\nOpen.\n", name="a.md")), ".contents") == 0


def test_a_heading_in_a_later_part_opens_that_part() -> None:
    text = "\n\n".join(f"# Year {year}\n\n{'It rained. ' * 3_000}" for year in range(5))
    document = text_document(text, name="years.md")
    led = [look["part"] for look in looks(contents_html(document, parts(text), {"document": "years.md"}))]
    assert led == sorted(led)
    for part, year in zip(led, range(5), strict=True):
        span = parts(text)[part]
        assert f"# Year {year}\n" in text[span.start : span.end]


def test_only_the_outermost_of_many_headings_are_listed() -> None:
    """As many levels as fit; if not even the outermost fits, its first headings."""
    text = "\n\n".join(f"# Year {year}\n\n" + "## Month\n\nRain.\n\n" * 12 for year in range(30))
    document = text_document(text, name="years.md")
    assert count(contents_html(document, parts(text), {}), "button") == 30
    flat = text_document("# Day\n\nRain.\n\n" * 2_000, name="days.md")
    assert count(contents_html(flat, parts(flat.text), {}), "button") == MAX_HEADINGS


def test_headings_are_escaped() -> None:
    name = " ".join(HOSTILE.split())
    document = text_document("\n\n".join(f"# {name}\n\nText.\n" for _ in range(3)), name="a.md")
    markup = contents_html(document, parts(document.text), {"document": "a"})
    assert count(markup, "script, img, b") == 0
    assert count(markup, "button") == 3
