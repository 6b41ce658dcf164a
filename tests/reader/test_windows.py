"""Windows: recently read ones are not read again, and give the same results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from qa.reader import Reader
from qa.reader.windows import REMEMBERED_WINDOWS
from tests.tiny_reader import tiny_reader, whole

PASSAGES = [whole("the mill burnt in may", "a"), whole("a bell rang at noon", "b"), whole("no one came", "c")]


@pytest.fixture
def counted() -> Iterator[tuple[Reader, list[int]]]:
    """Return a reader, and how many windows its model was given each time."""
    reader, given = tiny_reader(), list[int]()

    def count(_: Any, __: Any, inputs: dict[str, Any]) -> None:
        given.append(len(inputs["input_ids"]))

    hook = reader.model.register_forward_pre_hook(count, with_kwargs=True)
    yield reader, given
    hook.remove()


def test_sentences_are_read_where_spans_were_not(counted: tuple[Reader, list[int]]) -> None:
    """As a broad question does after it has stopped early; both have the candidates of a fresh reader."""
    reader, given = counted
    read = reader.read("when", PASSAGES[:1])
    sentences = reader.read_sentences("when", PASSAGES)
    assert reader.read("when", PASSAGES[:1]) == read
    assert given == [1, 2]
    fresh = tiny_reader().read_sentences("when", PASSAGES)
    assert [(one.passage, one.span) for one in sentences] == [(one.passage, one.span) for one in fresh]
    assert [one.score for one in sentences] == pytest.approx([one.score for one in fresh], abs=1e-4)
    reader.read("where", PASSAGES[:1])
    assert given == [1, 2, 1]


def test_what_was_read_long_ago_is_forgotten(counted: tuple[Reader, list[int]]) -> None:
    reader, given = counted
    for number in range(REMEMBERED_WINDOWS + 1):
        reader.read(f"when {number}", PASSAGES[:1])
    reader.read(f"when {REMEMBERED_WINDOWS}", PASSAGES[:1])
    assert len(given) == REMEMBERED_WINDOWS + 1
    reader.read("when 0", PASSAGES[:1])
    assert len(given) == REMEMBERED_WINDOWS + 2


def test_what_is_read_again_and_again_is_remembered(counted: tuple[Reader, list[int]]) -> None:
    """However many other windows came in between: the least recently used one is forgotten."""
    reader, given = counted
    for number in range(REMEMBERED_WINDOWS + 1):
        reader.read("when", PASSAGES[:1])
        reader.read(f"when {number}", PASSAGES[:1])
    assert len(given) == 1 + REMEMBERED_WINDOWS + 1
