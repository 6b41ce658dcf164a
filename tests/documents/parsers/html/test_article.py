"""Long web pages: menus, lists of links and notices are separated from the article."""

from __future__ import annotations

from qa.documents.parsers.html import html_document
from qa.documents.parsers.html.article import MIN_WORDS, article_only
from tests.blocks import outline

PARAGRAPHS = [
    f"The {number} kiln of the pottery was built of clay from the river bank, its door faces the east wind, "
    "so that the fire draws well in the morning and the glaze comes out even."
    for number in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
]
LINKS = "".join(f"<li><a href=/{number}>Read about glaze {number}</a></li>" for number in range(20))


def page(article: str, after: str = "") -> bytes:
    """Return a page with lists of links around an article, none of which has a name."""
    return (
        f"<title>Kilns</title><body><div><ul>{LINKS}</ul></div><div><h1>Kilns</h1>{article}</div>"
        f"<div><h3>Most read</h3><ul>{LINKS}</ul>{after}</div></body>"
    ).encode()


def test_a_long_page_is_its_article() -> None:
    """Its headings, lists and tables are in order."""
    table = "<table><tr><th>Kiln<th>Heat<tr><td>first<td>1,200 °C</table>"
    body = "".join(f"<p>{words}</p>" for words in PARAGRAPHS)
    article = f"{body}<h2>Heat</h2><p>{PARAGRAPHS[0]}</p>{table}<ul><li>Oak wood burns slowly.</ul>{body}"
    document = html_document("a.html", page(article))
    assert document.text.startswith("Kilns\n\nThe first kiln")
    assert "Read about" not in document.text
    assert "Most read" not in document.text
    kinds = [line.split(":")[0] for line in outline(document)]
    prose = ["paragraph 0"] * len(PARAGRAPHS)
    assert kinds == ["heading 1", *prose, "heading 2", "paragraph 0", "table 0", "item 1", *prose]
    found = next(block for block in document.blocks if block.cells)
    assert [document[cell.span] for cell in found.cells] == ["Kiln", "Heat", "first", "1,200 °C"]


def test_prose_is_read_wherever_it_is() -> None:
    """Long paragraphs outside what the library takes for the article."""
    note = "Whoever buys a pot may bring it back within " + "forty days or so, " * 10
    body = "".join(f"<p>{words}</p>" for words in PARAGRAPHS)
    assert note.strip() in html_document("a.html", page(body, f"<p>{note}</p>")).text


def test_a_short_page_is_read_as_a_whole() -> None:
    document = html_document("a.html", page("<p>The kiln is hot.</p>").replace(LINKS.encode(), b"<li>Oak"))
    assert len(document.text.split()) < MIN_WORDS
    assert document.text == "• Oak\n\nKilns\n\nThe kiln is hot.\n\nMost read\n\n• Oak"


def test_names_of_values_go_with_them() -> None:
    """A term is in another block than its description."""
    terms = "".join(f"<dt>Kiln {number}</dt><dd>{words}</dd>" for number, words in enumerate(PARAGRAPHS))
    document = html_document("a.html", page(f"<dl>{terms}</dl>"))
    labels = [document[block.label] for block in document.blocks if block.label and block.value]
    assert labels == [f"Kiln {number}" for number in range(len(PARAGRAPHS))]


def test_markup_that_the_library_cannot_read_is_read_as_a_whole() -> None:
    document = html_document("a.html", page("".join(f"<p>{words}</p>" for words in PARAGRAPHS)))
    text, blocks = article_only("", document.text, list(document.blocks), [])
    assert (text, blocks) == (document.text, list(document.blocks))
