"""Blocks of a document as HTML: headings, lists, tables and code are shown as such."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import attrgetter

from qa.documents import Block, Cell, Document, Kind, Span, Table, strip_span
from qa.page.elements import Markup, element
from qa.page.highlight import Highlighter

TOP_LEVEL = 3
"""The level of the HTML element for an outermost heading, below the panel's own heading."""


def letters_html(document: Document, marks: Mapping[str, Span], shown: Span | None) -> Markup:
    """Return a part of a document, with all of its characters.

    Only the bars of tables and white space around headings, lists and tables are left out.

    Args:
        document: The document.
        marks: The spans to highlight, see `qa.page.highlight.mark`.
        shown: The part; None if the text is empty.
    """
    if shown is None:
        return Markup("")
    return Markup("").join(_Part(document, marks, shown).pieces())


_PLAIN = frozenset({Kind.PARAGRAPH, Kind.LABEL, Kind.FOOTNOTE, Kind.MARKUP})


class _Part:
    """Writes a part of a document as HTML."""

    def __init__(self, document: Document, marks: Mapping[str, Span], shown: Span) -> None:
        self._document, self._shown = document, shown
        self._answer = marks.get("answer")
        self._highlighter = Highlighter(document.text, marks, document.pages)

    def pieces(self) -> Iterator[Markup]:
        """Yield the headings, lists, tables and so on, and the paragraphs between them."""
        end = self._shown.start
        items: list[Markup] = []
        for block in self._document.blocks.overlapping(self._shown):
            if block.kind in _PLAIN:
                continue
            inside = self._clip(block.span)
            between = strip_span(self._document.text, end, inside.start)
            if items and (block.kind is not Kind.ITEM or between is not None):
                yield element("ul", *items, class_="items")
                items = []
            if between is not None:
                yield self._highlighter.lines(between)
            if block.kind is Kind.ITEM:
                items.append(element("li", self._words(inside), data_depth=min(block.level, 4)))
            else:
                yield self._block(block, inside)
            end = inside.end
        if items:
            yield element("ul", *items, class_="items")
        if end == self._shown.start:
            yield self._highlighter.lines(self._shown)
        elif (rest := strip_span(self._document.text, end, self._shown.end)) is not None:
            yield self._highlighter.lines(rest)

    def _clip(self, span: Span) -> Span:
        return Span(max(span.start, self._shown.start), min(span.end, self._shown.end))

    def _words(self, span: Span) -> Markup:
        return self._highlighter.inline(span)

    def _block(self, block: Block, inside: Span) -> Markup:
        if block.kind is Kind.HEADING:
            level = min(6, TOP_LEVEL - 1 + block.level)
            return element(f"h{level}", self._words(inside), class_="heading", data_heading=block.span.start)
        if block.kind is Kind.CODE:
            return element("pre", self._words(inside))
        if block.kind is Kind.QUOTATION:
            return element("blockquote", self._highlighter.lines(inside))
        if block.kind is Kind.TABLE:
            # Bars are left out, so a page break before one must be written here.
            return self._highlighter.page_break(inside.start) + self._table(block, inside)
        return self._highlighter.lines(inside)

    def _table(self, block: Block, inside: Span) -> Markup:
        table = Table(self._document.text, block)
        first, last = (
            bisect_left(block.cells, edge, key=attrgetter("start")) for edge in (inside.start, inside.end)
        )
        cells = block.cells[first:last]
        answer = next((cell for cell in cells if self._answer and cell.span.contains(self._answer)), None)
        named = set()
        if answer is not None:
            headings = table.headings(answer)
            named = {*headings.row, *headings.column}
        rows = []
        for row, group in groupby(cells, key=lambda cell: cell.row):
            of_row = self._row(list(group), table, answer, named)
            has_answer = answer is not None and answer.row <= row < answer.row + answer.rows
            rows.append(element("tr", *of_row, class_="answer-row" if has_answer else None))
        caption = ""
        if block.caption is not None and inside.contains(block.caption):
            caption = element("caption", self._words(block.caption))
        table_element = element("table", caption, element("tbody", *rows))
        # It may scroll: with a name and a tab stop, it can be scrolled by keyboard too.
        return element("div", table_element, class_="table", tabindex=0, role="group", aria_label="Table")

    def _row(
        self, cells: list[Cell], table: Table, answer: Cell | None, named: set[Cell]
    ) -> Iterator[Markup]:
        """Yield the cells of a row, with empty cells in the columns without text."""
        column = 0
        covered = table.covered(cells[0].row)
        for cell in cells:
            for empty in range(column, cell.column):
                if empty not in covered:
                    yield element("td")
            classes = "answer-cell" if cell == answer else "names-answer" if cell in named else None
            is_heading = cell.is_heading or cell.row < table.top
            yield element(
                "th" if is_heading else "td",
                self._words(cell.span),
                class_=classes,
                rowspan=cell.rows if cell.rows > 1 else None,
                colspan=cell.columns if cell.columns > 1 else None,
            )
            column = cell.column + cell.columns
