"""Labels with values as sentences: "The price of Pumps is 3 crowns."."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.documents import Block, Document, Span, sentences
from qa.reader.input_writer import InputWriter, one_line
from qa.reader.named import NamedParts

MAX_VALUE = 300
"""A value of up to this many characters is one segment, whatever it contains."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A label and its value in a passage.

    Attributes:
        label: The label, which may be before the passage.
        value: The value, as far as it is in the passage; None for a field that was left empty.
        record: The number of the record that it is in.
    """

    label: Span
    value: Span | None
    record: int


def write_labels(writer: InputWriter, document: Document, blocks: Sequence[Block], named: NamedParts) -> None:
    """Write adjacent blocks that have labels.

    Entries without a blank line between them form a record. If there are several records and all begin with
    the same label, each is named by its first entry; otherwise the section's heading names them all.

    Args:
        writer: What to write to.
        document: The document.
        blocks: The blocks.
        named: What the question names.
    """
    entries = list(_entries(document, blocks, writer.passage))
    records = {entry.record: entry for entry in reversed(entries)}
    firsts = [document[entry.label] for entry in records.values()]
    has_names = len(firsts) > 1 and len(set(firsts)) == 1
    words = [(entry.record, document[entry.label], _words(document, entry.value)) for entry in entries]
    out = named.entries_out(words, has_records=has_names)
    headings = document.blocks.section(blocks[0].span.start)
    section = one_line(document[headings[-1].words]) if headings else ""
    for number, entry in enumerate(entries):
        first = records[entry.record]
        name = section
        if has_names and entry != first:
            name = f"{document[first.label]} {_words(document, first.value)}"
        writer.add("The ")
        writer.add_name(entry.label, may_answer=number not in out)
        writer.add(f" of {one_line(name)} is " if name else " is ")
        if entry.value is None:
            writer.add("not given")
        else:
            _write_value(writer, document, entry.value, may_answer=number not in out)
        writer.add(".\n")


def _words(document: Document, value: Span | None) -> str:
    return "" if value is None else document[value]


def _write_value(writer: InputWriter, document: Document, value: Span, *, may_answer: bool) -> None:
    text = document.text
    if not may_answer:
        writer.add(text[value.start : value.end])
    elif len(value) <= MAX_VALUE:
        writer.add_segment(value, is_cell=True)
    else:
        end = value.start
        for sentence in sentences(text[value.start : value.end]):
            writer.add(text[end : value.start + sentence.start])
            writer.add_segment(sentence.shift(value.start))
            end = value.start + sentence.end


def _entries(document: Document, blocks: Sequence[Block], passage: Span) -> Iterator[_Entry]:
    """Yield the labels with values of blocks, as far as they are in a passage."""
    record, end = 0, blocks[0].span.start
    for number, block in enumerate(blocks):
        assert block.label is not None
        gap = document.text[end : block.span.start].splitlines()
        holds_label = block.span.contains(block.label)
        if holds_label and len(gap) > 1:  # a blank line between
            record += 1
        end = block.span.end
        value = block.value
        if value is None:
            following = blocks[number + 1] if number + 1 < len(blocks) else None
            if following is not None and following.label == block.label:
                continue
            if holds_label and not _is_term(blocks, number):
                if passage.contains(block.label):
                    yield _Entry(block.label, None, record)
                continue
            value = block.words
        start, stop = max(value.start, passage.start), min(value.end, passage.end)
        if start < stop:
            yield _Entry(block.label, Span(start, stop), record)


def _is_term(blocks: Sequence[Block], number: int) -> bool:
    """Return whether a label is one of several for the same value, like terms of a definition list."""
    for block, following in pairwise(blocks[number:]):
        if block.value is not None:
            return False
        if following.label == block.label:
            return True
    return False
