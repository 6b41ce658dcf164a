from __future__ import annotations

import re
import time

import pytest

from qa.documents.parsers.pdf_paragraphs import _HYPHENATED, _LINE_END_HYPHEN


@pytest.mark.parametrize("pattern", [_HYPHENATED, _LINE_END_HYPHEN])
@pytest.mark.parametrize("letters", ["a", "1", "a_", "é"])
def test_a_long_word_takes_work_in_proportion(pattern: re.Pattern[str], letters: str) -> None:
    """Four times the letters take four times the work, not sixteen times. 5,000 letters took 0.2 seconds."""

    def work(length: int) -> float:
        text, begin = letters * (length // len(letters)), time.process_time()
        for _ in range(20):
            assert pattern.search(text) is None
        return time.process_time() - begin

    work(1_000)
    assert work(100_000) < 10 * max(work(25_000), 0.001)
