"""Hypothesis strategies for many kinds of texts and for spans."""

from __future__ import annotations

from hypothesis import strategies as st

from qa.documents import Span

FRAGMENTS = (
    "Naqvi met Mr. Quinten. ", "At 5 p.m. he left", "“Yes.” ", "(So?) ", "…", ". ", "! ", "? ", "A", "b",
    "J. K. ", "\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\n \t\n", "\f", "\v", "\t", " ", "    ", "\x85",
    "\u2028", "\u2029", "\u00a0", "\u3000", "\u2003", "\u200b", "\u200d", "\ufeff", "\x00", "\x07",
    "\x1c", "\x7f", "# ", "\n## 2. Method\n", "\n- ", "\n* ", "1. ", "\n12) ", "\n---\n", "```\n",
    "| a | b |\n", "> ", "日本語の文。", "次の文", "é", "e\u0301", "\u0301\u0323", "😀", "👩\u200d👧", "ﷺ",
    "ﬁ", "ß",
    "İ", "\U0010ffff", "w" * 90, "supercalifragilistic" * 3, "0" * 130, "word " * 60,
    "aGVsbG8gd29ybGQ" * 5,
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=5)), max_size=40).map("".join),
)


def solid(text: str) -> set[int]:
    """Return the offsets of the characters that are not white space."""
    return {offset for offset, letter in enumerate(text) if not letter.isspace()}


SPANS = st.tuples(st.integers(0, 30), st.integers(1, 30)).map(lambda pair: Span(pair[0], sum(pair)))
