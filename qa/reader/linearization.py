"""Linearization: the text that the reader gets for a passage, and where answers may lie in it.

A reader trained on prose cannot read lines of `| cell | cell |` or `Price: 3 crowns`. So each cell is read as
"The price of TP-250 is £1,450.", with the headings of its column and the names of its row, even if these are
outside the passage, and a label with its value as "The price of Pumps is 3 crowns.", with its section. The
title and headings come before the passage. Added words are never part of an answer, and no answer joins two
cells, two items, or a label and its value.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from qa.documents import (
    Block,
    Document,
    Kind,
    Span,
    context,
    document_sentences,
    sentences,
    strip_span,
)
from qa.reader import check_boxes
from qa.reader.input_writer import InputWriter, ReaderInput
from qa.reader.label_lines import write_labels
from qa.reader.named import NamedParts
from qa.reader.table_lines import write_table


def reader_input(document: Document, passage: Span, question: str = "") -> ReaderInput:
    """Return the text that the reader gets for a passage.

    Args:
        document: The document.
        passage: The span of the passage.
        question: The question. If it names rows or columns of a table, or labels, other cells and values
            cannot be answers.
    """
    writer = InputWriter(document.text, passage)
    around = context(document, passage)
    writer.add(f"{around}\n\n" if around else "")
    named = NamedParts(question)
    end = passage.start
    has_choice = check_boxes.has_choice(document.text[passage.start : passage.end])
    blocks = list(document.blocks.overlapping(passage)) or [Block(Kind.PARAGRAPH, passage)]
    for has_labels, group in groupby(blocks, key=lambda block: block.label is not None):
        run = list(group)
        if has_labels:
            writer.add(document.text[end : max(end, run[0].span.start)])
            write_labels(writer, document, run, named)
            end = min(run[-1].span.end, passage.end)
            continue
        for block in run:
            start, stop = max(block.span.start, passage.start), min(block.span.end, passage.end)
            inside = strip_span(document.text, start, stop)
            if inside is None:
                continue
            writer.add(document.text[end : inside.start])
            if block.kind is Kind.TABLE:
                write_table(writer, document, block, inside, named)
            elif block.kind is not Kind.MARKUP:
                _write_prose(writer, document, block, inside, has_choice=has_choice)
            end = inside.end
    writer.add(document.text[end : passage.end])
    starts, ends, offsets, is_cell = np.array(writer.segments, np.int64).reshape(-1, 4).T
    return ReaderInput("".join(writer.parts), starts, ends, offsets, is_cell.astype(np.bool_))


def _write_prose(
    writer: InputWriter, document: Document, block: Block, inside: Span, *, has_choice: bool
) -> None:
    """Write the part of a block that is in the passage; of check boxes, only the checked options."""
    if has_choice and block.kind is not Kind.CODE:
        start = max(inside.start, block.words.start)
        for part, is_option in check_boxes.chosen_parts(document.text[start : inside.end]):
            writer.add_segment(part.shift(start), is_cell=is_option)
            writer.add(".\n" if is_option else "\n")
        return
    end = inside.start
    for segment in _segments(document, block, inside):
        writer.add(document.text[end : segment.start])
        writer.add_segment(segment)
        end = segment.end
    writer.add(document.text[end : inside.end])


def _segments(document: Document, block: Block, inside: Span) -> Iterator[Span]:
    """Yield the sentences of a block without its markup."""
    start, end = max(inside.start, block.words.start), min(inside.end, block.words.end)
    if start >= end:
        return
    if block.kind is Kind.HEADING:
        yield Span(start, end)
    elif block.kind is Kind.CODE:
        yield from document_sentences(document, Span(start, end))
    else:
        yield from (found.shift(start) for found in sentences(document.text[start:end]))
