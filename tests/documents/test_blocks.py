"""Blocks: stored as numbers, found by place, sections by headings."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Block, Blocks, Cell, Document, Kind, Span, text_document
from qa.documents.paragraphs import complete
from qa.errors import DocumentError
from tests.fuzz import structure_problem
from tests.growth import assert_grows_in_line
from tests.texts import SPANS, TEXTS, solid

HUTS = """# Huts

## Rond hut
Open in May.

### Beds
Ten.

## Stein hut
Open in June.
"""


def optional_spans() -> st.SearchStrategy[Span | None]:
    return st.none() | SPANS


@given(
    st.lists(
        st.builds(
            Block,
            st.sampled_from(Kind),
            SPANS,
            st.integers(0, 9),
            optional_spans(),
            optional_spans(),
            optional_spans(),
            optional_spans(),
            st.lists(st.builds(Cell, SPANS, *[st.integers(0, 70_000)] * 4, st.booleans()), max_size=3).map(
                tuple
            ),
        )
    )
)
def test_blocks_are_kept_as_they_are(blocks: list[Block]) -> None:
    """Whatever they hold; only tables have cells."""
    blocks = [
        block if block.kind is Kind.TABLE else Block(block.kind, block.span, block.level) for block in blocks
    ]
    stored = Blocks.of(blocks)
    assert list(stored) == blocks
    assert Blocks(stored.data) == stored
    assert hash(Blocks(stored.data)) == hash(stored)
    assert stored[1:] == blocks[1:]


def test_blocks_that_were_used_can_be_sent_to_another_process() -> None:
    document = text_document("# A\n\n| b | c |\n|---|---|\n| 1 | 2 |\n", name="a.md")
    blocks = list(document.blocks)
    assert list(pickle.loads(pickle.dumps(document)).blocks) == blocks


def test_a_section_has_the_headings_around_it() -> None:
    document = text_document(HUTS, name="huts.md")

    def titles(words: str) -> list[str]:
        found = document.blocks.section(HUTS.index(words))
        return [document[heading.words] for heading in found]

    assert titles("Ten") == ["Huts", "Rond hut", "Beds"]
    assert titles("Open in June") == ["Huts", "Stein hut"]
    assert titles("# Huts") == ["Huts"]
    assert [document[heading.words] for heading in document.blocks.headings][1::2] == [
        "Rond hut",
        "Stein hut",
    ]
    assert text_document("No heading.", name="a.txt").blocks.section(3) == ()


@given(TEXTS, SPANS)
def test_blocks_are_found_by_place(text: str, span: Span) -> None:
    try:
        blocks = text_document(text, name="a.md").blocks
    except DocumentError:
        return
    assert list(blocks.overlapping(span)) == [block for block in blocks if block.span.overlaps(span)]


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@given(TEXTS)
def test_any_text_is_covered(name: str, text: str) -> None:
    """Blocks are in order, nest, and hold every character that is not white space."""
    try:
        document = text_document(text, name=name)
    except DocumentError:
        return
    assert structure_problem(document) == ""


def test_what_no_parser_found_becomes_paragraphs() -> None:
    """A block that overlaps one before it is left out."""
    text = "a\n\nb\nc\n\nd e"
    found = complete(text, [Block(Kind.CODE, Span(3, 6)), Block(Kind.CODE, Span(5, 9))])
    assert [(block.kind, block.span) for block in found] == [
        (Kind.PARAGRAPH, Span(0, 1)),
        (Kind.CODE, Span(3, 6)),
        (Kind.PARAGRAPH, Span(8, 11)),
    ]
    spans = [block.span for block in complete(text, [])]
    assert {offset for span in spans for offset in range(span.start, span.end)} >= solid(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", lambda count: "|a|b|\n|-|-|\n" + "|word|1|\n" * count),
        ("a.md", lambda count: "## Heading\n" * count),
        ("a.txt", lambda count: "HEADING\n\n" * count),
        ("a.txt", lambda count: "".join(f"{number}. Item\n" for number in range(count))),
        ("a.txt", lambda count: "Key: value\n" * count),
        ("a.md", lambda count: "|" + "word " * 2 * count + "|\n|-|\n"),
        ("a.md", lambda count: (">" * 300 + " x\n") * (count // 20)),
    ],
    ids=["rows", "headings", "capitals", "items", "labels", "cell", "quotations"],
)
def test_time_is_linear_in_the_structure(name: str, text: Callable[[int], str]) -> None:
    assert_grows_in_line(lambda count: text_document(text(count), name=name), 625)
    assert structure_problem(text_document(text(10_000), name=name)) == ""


def test_lists_may_be_nested_deeply() -> None:
    text = "".join("  " * depth + "- item\n" for depth in range(200))
    assert structure_problem(text_document(text, name="a.md")) == ""


def test_a_document_made_by_hand_has_no_structure() -> None:
    assert list(Document("a", "# text").blocks) == []
