"""Table rows: what to show of a quoted row, which in the text is cells between bars or commas."""

from __future__ import annotations

from qa.documents import Document, Kind, Span, Table


def row_cells(document: Document, span: Span) -> list[tuple[str, Span]]:
    """Return the cells of a table that a quotation covers, each after the headings of its column.

    Returns:
        Nothing if the quotation is not of a table alone.
    """
    block = next(document.blocks.overlapping(span), None)
    if block is None or block.kind is not Kind.TABLE or not block.span.contains(span):
        return []
    table = Table(document.text, block)
    return [
        (
            ", ".join(" ".join(table.words(heading).split()) for heading in table.headings(cell).column),
            cell.span,
        )
        for cell in block.cells
        if span.contains(cell.span)
    ]


def readable(document: Document, span: Span) -> str:
    """Return exact words for people to hear; of a table row the cells: "Ticket: Day card; Price: 20"."""
    cells = row_cells(document, span)
    words = [f"{heading}: {document[cell]}" if heading else document[cell] for heading, cell in cells]
    return "; ".join(words) if words else document[span]
