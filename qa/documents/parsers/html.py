"""Web page parser: the article of a page, without the boilerplate around it."""

from __future__ import annotations

from collections import Counter

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from qa.documents.blocks import Block, Kind
from qa.documents.document import Document
from qa.documents.parsers.boilerplate import is_boilerplate
from qa.documents.parsers.html_encoding import decode_page
from qa.documents.parsers.html_layout import TextLayout
from qa.documents.parsers.html_metadata import page_title, page_url
from qa.documents.parsers.html_numbers import Numbering
from qa.documents.parsers.html_tables import TableGrid, parent_table
from qa.documents.parsers.table_rows import cell_text, rule_line
from qa.documents.span import Span
from qa.documents.structure import structure
from qa.errors import DocumentError

MAX_CELL_CHARACTERS = 500
"""A table with a longer cell is used for layout: its cells are read as paragraphs."""

MIN_MAIN_SHARE = 0.5
"""The main part of a page is taken for the article if it contains at least this share of the text."""

_ARTICLES = ("main", "article")
_CELLS = ("td", "th")
_INLINE = frozenset({"span", "b", "strong", "em", "i", "label", "small"})
_LINES = frozenset({"div", "p", "li", "dd"})
_NAME_CHARACTERS = range(2, 50)  # of a label beside its value
_ANY = Span(0, 1)  # replaced when the text is written
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
    text, blocks = ("", []) if tree.body is None else _extracted(tree.body)
    for part in _main_parts(tree):
        article, blocks_of_article = _extracted(part)
        if article and len(article) >= MIN_MAIN_SHARE * len(text):
            text, blocks = article, blocks_of_article
            break
    if not text.strip():
        raise DocumentError(f"{name!r} contains no text of its own: save the page after it has fully loaded")
    return Document(name, text, title=page_title(tree), url=page_url(tree), blocks=structure(text, blocks))


def _main_parts(tree: LexborHTMLParser) -> list[LexborNode]:
    """Return the candidates for the main part of the page: the first `main` and the only `article`."""
    parts = tree.css("main, [role=main]")[:1]
    articles = tree.css("article")
    return parts + articles if len(articles) == 1 else parts


def _extracted(root: LexborNode) -> tuple[str, list[Block]]:
    """Return the text of an element as a browser would lay it out, without boilerplate, and its blocks."""
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
    return extraction.layout.result()


class _Extraction:
    """The text of an element while its tree is walked."""

    def __init__(self, root: LexborNode) -> None:
        self.layout = TextLayout(self._role)
        self._root = root
        self._articles = 0 if root.tag == "body" else 1  # how many are open
        self._open = Counter[str]()  # how many elements are open, by tag
        self._numbering = Numbering()
        self._tables: dict[int, TableGrid] = {}
        self._term: Span | None = None  # the last `dt`

    def enter(self, node: LexborNode) -> bool:
        """Write what comes before the children of a node. Return whether to walk them."""
        tag = node.tag
        if tag == "-text":
            self.layout.write(node.text_content or "", preformatted=self._open["pre"] > 0)
            return False
        if not node.is_element_node or tag is None:
            return False
        if node is not self._root and is_boilerplate(node, tag, in_article=self._articles > 0):
            return False
        self.layout.separate_element(tag)
        if tag == "tr" and self._write_row(node):
            return False
        if tag == "li":
            self.layout.marker = self._numbering.marker(node)
        elif tag == "dl":
            self._term = None
        self._count_open(tag, 1)
        return True

    def leave(self, node: LexborNode) -> None:
        """Write what comes after the children of an element that was entered."""
        assert node.tag is not None
        if node.tag == "dt":
            self._term = self.layout.last_block()
        elif node.tag in _INLINE and _is_label(node):
            self.layout.end_label()
        self._count_open(node.tag, -1)
        self.layout.separate_element(node.tag)

    def _count_open(self, tag: str, change: int) -> None:
        self._open[tag] += change
        if tag in _ARTICLES:
            self._articles += change

    def _role(self) -> Block:
        """Return a block of the kind that text written now belongs to."""
        depth = self._open["ul"] + self._open["ol"]
        level = next((level for level in range(1, 7) if self._open[f"h{level}"]), 0)
        if level:
            return Block(Kind.HEADING, _ANY, level)
        if self._open["caption"]:
            return Block(Kind.TABLE, _ANY, depth)
        if self._open["pre"]:
            return Block(Kind.CODE, _ANY, depth)
        if self.layout.marker:
            return Block(Kind.ITEM, _ANY, depth)
        if self._open["dt"]:
            return Block(Kind.LABEL, _ANY, depth)
        if self._open["dd"] and self._term is not None:
            return Block(Kind.LABEL, _ANY, depth, label=self._term)
        return Block(Kind.QUOTATION if self._open["blockquote"] else Kind.PARAGRAPH, _ANY, depth)

    def _write_row(self, row: LexborNode) -> bool:
        """Write a table row as a line, unless the table is used for layout. Return whether it was written.

        A first row of headings is followed by a rule.
        """
        cells = [
            cell
            for cell in row.iter()
            if cell.tag in _CELLS and not is_boilerplate(cell, cell.tag, in_article=True)
        ]
        table = parent_table(row)
        grid = self._tables.setdefault(table, TableGrid())
        section = 0 if row.parent is None else row.parent.mem_id
        if grid.width(cells, section) < 2 or any(cell.css_first(_NOT_IN_ROWS) is not None for cell in cells):
            return False
        texts = [cell_text(_extracted(cell)[0]) for cell in cells]
        if max(map(len, texts), default=0) > MAX_CELL_CHARACTERS:
            return False
        is_first = grid.is_first(section)
        line, found = grid.row(cells, texts, section)
        if found:
            self.layout.write_row(line, found, table)
            if is_first and all(cell.tag == "th" for cell in cells):
                self.layout.write_row(rule_line(grid.columns), [], table)
        return True


def _is_label(node: LexborNode) -> bool:
    """Return whether an inline element is the first of two that are all of a line: a label and its value."""
    parent, other = node.parent, _beside(node)
    if parent is None or parent.tag not in _LINES or other is None or other.tag not in _INLINE:
        return False
    is_pair = _beside(node, before=True) is None and _beside(other) is None
    return is_pair and len(node.text(strip=True)) in _NAME_CHARACTERS


def _beside(node: LexborNode, *, before: bool = False) -> LexborNode | None:
    """Return the next node, or the one before, that is not white space alone."""
    other = node.prev if before else node.next
    if other is not None and other.tag == "-text" and not (other.text_content or "").strip():
        other = other.prev if before else other.next
    return other
