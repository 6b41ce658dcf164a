from __future__ import annotations

import re

import pytest

from qa.documents.parsers.pdf.paragraphs import _HYPHENATED, _LINE_END_HYPHEN
from tests.growth import assert_grows_in_line


@pytest.mark.parametrize("pattern", [_HYPHENATED, _LINE_END_HYPHEN])
@pytest.mark.parametrize("letters", ["a", "1", "a_", "é"])
def test_a_long_word_takes_work_in_proportion(pattern: re.Pattern[str], letters: str) -> None:
    """5,000 letters took 0.2 seconds."""

    def search(length: int) -> None:
        text = letters * (length // len(letters))
        for _ in range(20):
            assert pattern.search(text) is None

    assert_grows_in_line(search, 6_250)
