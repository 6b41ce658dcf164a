"""A small part of `make fuzz`, and tests of its checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.documents import Block, Blocks, Cell, Document, Kind, Sandbox, Span, structure
from tests.fuzz import FORMATS, fuzz, outcome, problem_of, seeds, structure_problem

BEGINNINGS = (b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>", b"\xef\xbb\xbf", b"\xff\xfe")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_files_are_read_or_refused(kind: str) -> None:
    """These cases are not among those of `make fuzz`."""
    reports: list[str] = []
    assert fuzz(kind, range(-1, -41, -1), report=reports.append) == 0, reports
    assert reports[-1].startswith(f"{kind}: 40 cases")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FORMATS), st.sampled_from(BEGINNINGS), st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, kind: str, beginning: bytes, data: bytes
) -> None:
    """Random bytes under the suffix of any format."""
    path = tmp_path_factory.getbasetemp() / f"case.{kind}"
    path.write_bytes(beginning + data)
    assert not outcome(kind, path, sandbox).startswith("FAILED")


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("html", Document("a", " ")),
        ("pdf", Document("a", "text")),
        ("pdf", Document("a", "text", pages=(0, 3, 2))),
        ("pdf", Document("a", "text", pages=(0, 5))),
        ("html", Document("a", "text", pages=(0,))),
        ("html", Document("a", "text", title="a\nb")),
        ("txt", Document("a", "words")),
    ],
)
def test_a_wrong_document_is_noticed(kind: str, document: Document) -> None:
    document = replace(document, blocks=structure(document.text))
    assert problem_of(document, kind, b"text") != ""
    right = Document("a", "text", pages=(0,) if kind == "pdf" else (), blocks=structure("text"))
    assert problem_of(right, kind, b"text") == ""


@pytest.mark.parametrize(
    "blocks",
    [
        [],
        [Block(Kind.PARAGRAPH, Span(0, 3))],
        [Block(Kind.PARAGRAPH, Span(0, 5)), Block(Kind.PARAGRAPH, Span(4, 6))],
        [Block(Kind.PARAGRAPH, Span(3, 6)), Block(Kind.PARAGRAPH, Span(0, 3))],
        [Block(Kind.PARAGRAPH, Span(0, 7))],
        [Block(Kind.ITEM, Span(0, 6), content=Span(2, 7))],
        [Block(Kind.HEADING, Span(0, 6))],
        [Block(Kind.TABLE, Span(0, 6))],
        [Block(Kind.TABLE, Span(0, 6), cells=(Cell(Span(3, 5), 0, 0), Cell(Span(0, 2), 0, 1)))],
        [Block(Kind.TABLE, Span(0, 6), cells=(Cell(Span(0, 2), 0, 0, 1, 2), Cell(Span(3, 5), 0, 1)))],
        [Block(Kind.LABEL, Span(0, 6), label=Span(3, 6), value=Span(0, 2))],
    ],
)
def test_a_wrong_structure_is_noticed(blocks: list[Block]) -> None:
    assert structure_problem(Document("a", "ab cde ", blocks=Blocks.of(blocks))) != ""


def test_every_format_has_real_files() -> None:
    assert all(len(seeds(kind)) >= 1 for kind in FORMATS)
