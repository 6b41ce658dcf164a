"""Web page parser: the article of a page, without the boilerplate around it."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from qa.documents.document import Document
from qa.documents.parsers.boilerplate import is_boilerplate
from qa.documents.parsers.html_encoding import decode_page
from qa.documents.parsers.html_layout import TextLayout
from qa.documents.parsers.html_metadata import page_title, page_url
from qa.documents.parsers.table_rows import cell_text, row_line, rule_line, spanned_columns
from qa.errors import DocumentError

MAX_CELL_CHARACTERS = 500
"""A table with a longer cell is used for layout: its cells are read as paragraphs."""

MIN_MAIN_SHARE = 0.5
"""The main part of a page is taken for the article if it contains at least this share of the text."""

_INTEGER = re.compile(r"[ \t\n\r\f]*[-+]?[0-9]{1,9}(?![0-9])")
_ARTICLES = ("main", "article")
_CELLS = ("td", "th")
_NOT_IN_ROWS = "table, pre, h1, h2, h3, h4, h5, h6"


def html_document(name: str, data: bytes) -> Document:
    """Extract the article of a web page, with its title and address.

    Blocks become paragraphs, with a blank line between them. Table rows become lines `| cell | cell |`.
    List items begin with a bullet or their number. Boilerplate is left out: scripts, hidden elements,
    navigation, headers, footers and sidebars of the page, cookie notices and advertisements, and all text
    outside the main part if that contains half of the text.

    Args:
        name: The id of the document, used in messages too.
        data: The bytes of the file.

    Raises:
        DocumentError: The page cannot be decoded or contains no text.
        MemoryError: The page does not fit in memory.
    """
    try:
        tree = LexborHTMLParser(decode_page(data, name))
    except SelectolaxError as error:
        raise MemoryError from error  # the parser accepts any markup
    text = "" if tree.body is None else _text(tree.body)
    for part in _main_parts(tree):
        article = _text(part)
        if article and len(article) >= MIN_MAIN_SHARE * len(text):
            text = article
            break
    if not text.strip():
        raise DocumentError(f"{name!r} contains no text of its own: save the page after it has fully loaded")
    return Document(name, text, title=page_title(tree), url=page_url(tree))


def _main_parts(tree: LexborHTMLParser) -> list[LexborNode]:
    """Return the candidates for the main part of the page: the first `main` and the only `article`."""
    parts = tree.css("main, [role=main]")[:1]
    articles = tree.css("article")
    return parts + articles if len(articles) == 1 else parts


def _text(root: LexborNode) -> str:
    """Return the text of an element as a browser would lay it out, without boilerplate."""
    extraction = _Extraction(root)
    # Not recursive, since pages may be nested deeply. Each element is on the stack twice: to be entered and
    # to be left.
    stack = [(root, False)]
    while stack:
        node, entered = stack.pop()
        if entered:
            extraction.leave(node)
            continue
        if node is not root and node.next is not None:
            stack.append((node.next, False))
        if extraction.enter(node):
            stack.append((node, True))
            if node.first_child is not None:
                stack.append((node.first_child, False))
    return extraction.layout.text()


class _Extraction:
    """The text of an element while its tree is walked."""

    def __init__(self, root: LexborNode) -> None:
        self.layout = TextLayout()
        self._root = root
        self._articles = 0 if root.tag == "body" else 1  # how many are open
        self._preformatted = 0  # how many `pre` elements are open
        self._last_numbers: dict[int, int] = {}  # the number of the last item of each list
        # By section of a table and by column: how many rows a cell above still covers.
        self._spanned_rows: dict[int, dict[int, int]] = {}

    def enter(self, node: LexborNode) -> bool:
        """Write what comes before the children of a node. Return whether to walk them."""
        tag = node.tag
        if tag == "-text":
            self.layout.write(node.text_content or "", preformatted=self._preformatted > 0)
            return False
        if not node.is_element_node or tag is None:
            return False
        if node is not self._root and is_boilerplate(node, tag, in_article=self._articles > 0):
            return False
        self.layout.separate_element(tag)
        if tag == "tr" and self._write_row(node):
            return False
        if tag == "li":
            self.layout.marker = self._item_marker(node)
        self._count_open(tag, 1)
        return True

    def leave(self, node: LexborNode) -> None:
        """Write what comes after the children of an element that was entered."""
        assert node.tag is not None
        self._count_open(node.tag, -1)
        self.layout.separate_element(node.tag)

    def _count_open(self, tag: str, change: int) -> None:
        if tag in _ARTICLES:
            self._articles += change
        elif tag == "pre":
            self._preformatted += change

    def _item_marker(self, item: LexborNode) -> str:
        """Return the bullet or the number of a list item, as the page shows it."""
        if item.parent is None or item.parent.tag != "ol":
            return "• "
        last = self._last_numbers.get(item.parent.mem_id, _integer(item.parent, "start", 1) - 1)
        number = self._last_numbers[item.parent.mem_id] = _integer(item, "value", last + 1)
        return f"{number}. "

    def _write_row(self, row: LexborNode) -> bool:
        """Write a table row as a line, unless the table is used for layout. Return whether it was written.

        A first row of headings is followed by a rule.
        """
        cells = [
            cell
            for cell in row.iter()
            if cell.tag in _CELLS and not is_boilerplate(cell, cell.tag, in_article=True)
        ]
        section = 0 if row.parent is None else row.parent.mem_id
        is_first = section not in self._spanned_rows
        spanned_rows = self._spanned_rows.get(section, {})
        width = len(cells) + sum(rows > 0 for rows in spanned_rows.values())
        if width < 2 or any(cell.css_first(_NOT_IN_ROWS) is not None for cell in cells):
            return False
        texts = [cell_text(_text(cell)) for cell in cells]
        if max(map(len, texts), default=0) > MAX_CELL_CHARACTERS:
            return False
        self._spanned_rows[section] = spanned_rows
        columns = _columns(cells, texts, spanned_rows)
        if any(columns):
            self.layout.write_line(row_line(columns))
            if is_first and all(cell.tag == "th" for cell in cells):
                self.layout.write_line(rule_line(len(columns)))
        return True


def _columns(cells: list[LexborNode], texts: list[str], spanned_rows: dict[int, int]) -> list[str]:
    """Return the text of each column of a row. A cell that spans others is repeated as empty text.

    Args:
        cells: The cells of the row.
        texts: The text of each cell.
        spanned_rows: For each column, how many rows a cell above still covers. Updated for the next row.
    """
    columns: list[str] = []
    for cell, text in zip(cells, texts, strict=True):
        _skip_spanned(columns, spanned_rows)
        rows_below = _integer(cell, "rowspan", 1) - 1
        for repeat in range(spanned_columns(_integer(cell, "colspan", 1))):
            spanned_rows[len(columns)] = rows_below
            columns.append("" if repeat else text)
    _skip_spanned(columns, spanned_rows)
    return columns


def _skip_spanned(columns: list[str], spanned_rows: dict[int, int]) -> None:
    """Leave the next columns empty as far as cells above cover them."""
    while spanned_rows.get(len(columns), 0) > 0:
        spanned_rows[len(columns)] -= 1
        columns.append("")


def _integer(node: LexborNode, attribute: str, default: int) -> int:
    """Return the integer at the beginning of an attribute, parsed as HTML does."""
    match = _INTEGER.match(node.attributes.get(attribute) or "")
    return default if match is None else int(match[0])
