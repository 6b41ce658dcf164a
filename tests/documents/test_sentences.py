"""Sentence splitter: a partition of the text, at the ends that readers see."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Span, sentence_around, sentences
from qa.documents.sentences import MAX_SENTENCE_CHARACTERS
from tests.texts import TEXTS, solid


def split(text: str) -> list[str]:
    """The text of each sentence."""
    return [text[sentence.start : sentence.end] for sentence in sentences(text)]


@given(TEXTS)
def test_sentences_partition_all_but_white_space(text: str) -> None:
    """Sentences are ordered, do not overlap, are stripped, and contain all other characters."""
    found = sentences(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(part == part.strip() for part in split(text))
    assert solid(text) <= {offset for part in found for offset in range(part.start, part.end)}
    assert all(part.end <= len(text) and len(part) <= MAX_SENTENCE_CHARACTERS for part in found)


@given(TEXTS.filter(bool), st.data())
def test_sentence_around_is_the_shortest_run_around_a_span(text: str, data: st.DataObject) -> None:
    """It contains the span and consists of just those sentences that overlap it."""
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, min(len(text), start + 60))))
    around = sentence_around(text, span)
    touched = [sentence for sentence in sentences(text) if sentence.overlaps(span)]
    assert around.contains(span)
    assert around.start == min([span.start, *(sentence.start for sentence in touched)])
    assert around.end == max([span.end, *(sentence.end for sentence in touched)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He met Mr. Quinten of the U.S. embassy. They spoke.", 2),
        ("“Yes,” he said. She left.\r\nThen\r\nhe did.", 3),
        ("これは文です。次の文です。", 2),
        ("No stop here\n\nbut a blank line", 2),
        ("No stop here\r\n \t\r\nbut a blank line", 2),
        ("A line that\nis wrapped.", 1),
        ("Mr.\u00a0Quinten spoke.\u2003He left.", 2),
        ("   \n\n\t ", 0),
        ("", 0),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: int) -> None:
    """Not at titles, initials and line ends, but at stops, quotes, ideographic stops and blank lines."""
    assert len(sentences(text)) == expected


def test_white_space_in_the_span_is_included() -> None:
    """A span may begin or end between two sentences."""
    text = "One is here.   Two is there.   Three."
    assert sentence_around(text, Span(13, 17)) == Span(13, 28)
    assert sentence_around(text, Span(20, 30)) == Span(15, 30)
    assert sentence_around(text, Span(28, 30)) == Span(28, 30)


def test_headings_items_and_rows_are_separate() -> None:
    """A Markdown heading, item, rule or table row never joins its neighbour; an item keeps its marker."""
    text = (
        "# 1. The start\nA line\nand more. End\n- first item\n  goes on\n"
        "1. Open it. Then\n2. shut it\n---\n| a | b |\nlast"
    )
    assert split(text) == [
        *("# 1. The start", "A line\nand more.", "End", "- first item\n  goes on", "1. Open it.", "Then"),
        *("2. shut it", "---", "| a | b |", "last"),
    ]


def test_a_number_at_the_start_of_a_wrapped_line_is_not_an_item() -> None:
    """Outside a list, a line that begins with a number continues the sentence."""
    assert split("They met on May\n12. of that year in Brussels")[0].startswith("They met on May\n12.")


@pytest.mark.parametrize("space", ["\u3000", "\u00a0", "\u2003", "\u2028", "\x85"])
def test_wide_spaces_before_a_stop_are_harmless(space: str) -> None:
    """The splitter panics at a wide space between a capital letter and a stop."""
    assert split(f"It was A{space}. They left.") == [f"It was A{space}.", "They left."]


def test_an_endless_sentence_is_cut_between_words() -> None:
    text = "words " * 5000
    found = split(text)
    assert max(map(len, found)) <= MAX_SENTENCE_CHARACTERS
    assert {word for part in found for word in part.split()} == {"words"}
