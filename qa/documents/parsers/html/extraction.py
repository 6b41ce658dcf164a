"""Extraction of the text of a web page: its elements as a browser lays them out, without boilerplate."""

from __future__ import annotations

from collections import Counter
from functools import partial

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa.documents.block import Block, Kind
from qa.documents.parsers.html.boilerplate import Boilerplate
from qa.documents.parsers.html.boxes import Boxes, is_label
from qa.documents.parsers.html.hidden import Hidden
from qa.documents.parsers.html.layout import LaidOut, TextLayout
from qa.documents.parsers.html.marks import with_mark
from qa.documents.parsers.html.numbering import Numbering
from qa.documents.parsers.html.panels import Panels
from qa.documents.parsers.html.style_sheets import style_sheets
from qa.documents.parsers.html.tables import TableGrid, parent_table
from qa.documents.parsers.table_rows import cell_text, rule_line
from qa.documents.span import Span

MAX_CELL_CHARACTERS = 500
"""A table with a longer cell is used for layout: its cells are read as paragraphs."""

MAX_DEPTH = 512
"""More deeply nested elements are read as plain text, as browsers flatten them. This keeps the work linear in
the length of the page."""

_ARTICLES = ("main", "article")
_CELLS = ("td", "th")
_SHADOW = "shadowrootmode"  # on a template that is shown in place of its parent's content
_MAX_SHADOWS = 10  # in one extraction
_ANY = Span(0, 1)  # replaced when the text is written
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary")
_NOT_IN_ROWS = "table, pre, h1, h2, h3, h4, h5, h6"


class Extractor:
    """Extracts the text of elements, using what the whole page says about them.

    Attributes:
        panels: The panels that a reader can open.
        boxes: The elements that are set apart from their neighbours.
        boilerplate: The elements that are left out.

    Args:
        tree: The page.
        with_surroundings: Whether headers, footers and sidebars are read too, see `Boilerplate`.
    """

    def __init__(self, tree: LexborHTMLParser, *, with_surroundings: bool = False) -> None:
        style = style_sheets(tree)
        self.panels, self.boxes = Panels(tree), Boxes(style)
        self.boilerplate = Boilerplate(self.panels, Hidden(style), with_surroundings=with_surroundings)

    def extracted(self, root: LexborNode) -> LaidOut:
        """Return the text of an element as a browser lays it out, without boilerplate."""
        extraction, depth = _Extraction(self, root), 0
        # Not recursive, since pages may be nested deeply. Each element is on the stack twice: to be entered
        # and to be left.
        stack = [(root, False)]
        trees: list[LexborHTMLParser] = []  # they must live as long as their elements
        while stack:
            node, entered = stack.pop()
            if entered:
                depth -= 1
                if depth < MAX_DEPTH:
                    extraction.leave(node)
                continue
            if node is not root and node.next is not None and node.tag != "body":
                stack.append((node.next, False))
            if node.tag == "template" and _SHADOW in node.attributes and len(trees) < _MAX_SHADOWS:
                trees.append(LexborHTMLParser(f"<div{(node.html or '')[len('<template') :]}"))
                if trees[-1].body is not None:
                    stack.append((trees[-1].body, False))
            elif extraction.enter(node) if depth < MAX_DEPTH else extraction.enter_plain(node):
                stack.append((node, True))
                depth += 1
                if node.first_child is not None:
                    stack.append((node.first_child, False))
        return extraction.layout.result()


class _Extraction:
    """The text of an element while its tree is walked."""

    def __init__(self, page: Extractor, root: LexborNode) -> None:
        self._page = page
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
        boilerplate = self._page.boilerplate
        if node is not self._root and boilerplate.has(node, in_article=self._articles > 0):
            return False
        if tag in ("sup", "sub") and self._open["pre"] == 0 and node is not self._root:
            self.layout.write_beside(self._page.extracted(node).text, partial(with_mark, node))
            return False
        self.layout.separate_element(tag)
        if tag == "button" and not any(self._open[heading] for heading in _HEADINGS):
            self.layout.begin_block("\n\n")
        elif (node.attributes.get("role") or "") == "tabpanel":
            self._write_tab(node)
        if tag == "tr" and self._write_row(node):
            return False
        if tag == "li":
            self.layout.marker = self._numbering.marker(node)
        elif tag == "dl":
            self._term = None
        self._count_open(tag, 1)
        return True

    def enter_plain(self, node: LexborNode) -> bool:
        """Write an element that is too deep. Return whether to walk its children."""
        if node.tag == "-text":
            self.layout.write(node.text_content or "", preformatted=self._open["pre"] > 0)
        elif node.tag is not None and node.is_element_node:
            self.layout.separate_element(node.tag)
        return node.is_element_node and node.tag not in ("script", "style", "template")

    def leave(self, node: LexborNode) -> None:
        """Write what comes after the children of an element that was entered."""
        assert node.tag is not None
        if node.tag == "dt":
            self._term = self.layout.last_block()
        elif is_label(node):
            self.layout.end_label()
        elif node.tag == "button" and not any(self._open[heading] for heading in _HEADINGS):
            self.layout.begin_block("\n\n")
        elif self._page.boxes.is_apart(node):
            self.layout.separate(" ")
        self._count_open(node.tag, -1)
        self.layout.separate_element(node.tag)

    def _count_open(self, tag: str, change: int) -> None:
        self._open[tag] += change
        if tag == "a":
            self.layout.in_link = self._open["a"] > 0
        if tag in _ARTICLES:
            self._articles += change

    def _role(self) -> Block:
        """Return a block of the kind to which text written now belongs, with a dummy span."""
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

    def _write_tab(self, panel: LexborNode) -> None:
        """Write the name of the tab that opens a panel as a paragraph."""
        self.layout.begin_block("\n\n")
        self.layout.write(self._page.panels.name(panel))
        self.layout.begin_block("\n\n")

    def _write_row(self, row: LexborNode) -> bool:
        """Write a table row as a line, unless the table is used for layout. Return whether it was written.

        A first row of headings is followed by a rule.
        """
        cells = [
            cell
            for cell in row.iter()
            if cell.tag in _CELLS and not self._page.boilerplate.has(cell, in_article=True)
        ]
        table = parent_table(row)
        grid = self._tables.setdefault(table, TableGrid())
        section = 0 if row.parent is None else row.parent.mem_id
        if grid.width(cells, section) < 2 or any(cell.css_first(_NOT_IN_ROWS) is not None for cell in cells):
            return False
        texts = [cell_text(self._page.extracted(cell).text) for cell in cells]
        if max(map(len, texts), default=0) > MAX_CELL_CHARACTERS:
            return False
        is_first = grid.is_first(section)
        line, found = grid.row(cells, texts, section)
        if found:
            self.layout.write_row(line, found, table)
            if is_first and all(cell.tag == "th" for cell in cells):
                self.layout.write_row(rule_line(grid.columns), [], table)
        return True
