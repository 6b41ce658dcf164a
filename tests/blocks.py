"""Blocks of documents as text that a test can compare."""

from __future__ import annotations

from qa.documents import Block, Document, Span, Table


def outline(document: Document) -> list[str]:
    """Return a line for each block: kind and level, its words, and its label and value if it has one."""
    return [_line(document, block) for block in document.blocks]


def _line(document: Document, block: Block) -> str:
    words = " ".join(document[block.words].split())
    if block.label is not None:
        value = "" if block.value is None else document[block.value]
        words = f"{document[block.label]} = {value}"
    return f"{block.kind.name.lower()} {block.level}: {words}"


def table(document: Document) -> list[str]:
    """Return a line for each cell below the headings of the first table: its headings and its words."""
    found = Table(document.text, next(block for block in document.blocks if block.cells))
    lines = []
    for cell in found.body:
        headings = found.headings(cell)
        rows = ", ".join(document[heading.span] for heading in headings.row)
        columns = ", ".join(document[heading.span] for heading in headings.column)
        lines.append(f"{rows} / {columns}: {document[cell.span]}")
    return lines


def at(document: Document, words: str) -> Span:
    """Return the span of the first occurrence of words in a document."""
    start = document.text.index(words)
    return Span(start, start + len(words))
